import type { LogLine } from './config.js';
import type { Database } from './database.js';

const HOUR_MS = 3_600_000;
/** The bus keeps events this long after every consumer has taken them; less than the inbox keeps its ids. */
const EVENTS_KEPT = '14 days';
/** A client may repeat a call under its key for this long. */
const ANSWERS_KEPT = '30 days';
/** Rows per statement: none holds locks for long. */
const BATCH = 10_000;

const PRUNE_ANSWERS = `
  with old as (select ctid from idempotency where created_at < clock_timestamp() - $1::interval limit ${BATCH})
  , gone as (delete from idempotency where ctid in (select ctid from old) returning 1)
  select count(*)::int as gone from gone`;

export interface HousekeepingOptions {
  readonly database: Pick<Database, 'query'>;
  readonly service: string;
  readonly log: (line: LogLine) => void;
}

/** Forgets what nobody needs any more: events that all have taken, and old answers. Answers how many rows went. */
export async function keepHouse({ database, service }: Pick<HousekeepingOptions, 'database' | 'service'>): Promise<{ readonly events: number; readonly answers: number }> {
  const untilDone = async (batch: () => Promise<number>): Promise<number> => {
    for (let all = 0; ; ) {
      const gone = await batch();
      all += gone;
      if (gone < BATCH) return all;
    }
  };
  const events = await untilDone(async () => Number((await database.query<{ gone: bigint }>('select bus.trim($1, $2::interval) as gone', [service, EVENTS_KEPT]))[0]!.gone));
  const answers = await untilDone(async () => (await database.query<{ gone: number }>(PRUNE_ANSWERS, [ANSWERS_KEPT]))[0]!.gone);
  return { events, answers };
}

/** Keeps house once an hour; gives the way to stop. */
export function startHousekeeping(options: HousekeepingOptions): () => void {
  const timer = setInterval(() => {
    keepHouse(options).catch((error: unknown) => options.log({ level: 'warn', service: options.service, message: 'housekeeping failed; it is tried again in an hour', error: String(error) }));
  }, HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}
