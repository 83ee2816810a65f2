import type { Database, Transaction } from './database.js';

/** Which events a consumer has taken. A port: the consumer's logic runs under a simulation too. */
export interface Inbox {
  /** Stores `ids`; gives those that were not there yet. */
  take(tx: Transaction, consumer: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Makes room for the days to come. */
  prepareDays(): Promise<void>;
}

const DAYS_AHEAD = 3;
/** Longer than the bus keeps its log. */
const KEEP_DAYS = 30;

/** As a rule all are new: then their ids need not come back. */
const TAKE = `
  with taken as (insert into inbox (event_id, consumer) select id, $2 from unnest($1::uuid[]) id on conflict do nothing returning event_id)
  select case when count(*) < cardinality($1::uuid[]) then coalesce(array_agg(event_id::text), '{}') end as some from taken`;

/** The inbox in the tables of the service. */
export function inboxOf(database: Pick<Database, 'query'>): Inbox {
  return {
    async take(tx, consumer, ids) {
      const [row] = await tx.query<{ some: readonly string[] | null }>(TAKE, [ids, consumer]);
      return new Set(row!.some ?? ids);
    },
    async prepareDays() {
      await database.query('select inbox_days($1, $2)', [DAYS_AHEAD, KEEP_DAYS]);
    },
  };
}
