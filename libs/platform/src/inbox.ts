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

/** The inbox in the tables of the service. */
export function inboxOf(database: Pick<Database, 'query'>): Inbox {
  return {
    async take(tx, consumer, ids) {
      const rows = await tx.query<{ event_id: string }>(
        'insert into inbox (event_id, consumer) select distinct id, $2 from unnest($1::uuid[]) id on conflict do nothing returning event_id',
        [ids, consumer],
      );
      return new Set(rows.map((row) => row.event_id));
    },
    async prepareDays() {
      await database.query('select inbox_days($1, $2)', [DAYS_AHEAD, KEEP_DAYS]);
    },
  };
}
