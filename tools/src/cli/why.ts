import { Database } from '@naru/platform/database';
import { OrderStore } from '@naru/warehousing/order/order.store';
import { Explaining } from '@naru/warehousing/why/explaining.shell';
import { textOf } from '@naru/warehousing/why/why';
import { WhyStore } from '@naru/warehousing/why/why.store';
import { Fault } from '../launcher/faults.js';

/** One thing that happened. */
export interface Fact {
  readonly eventId: string;
  readonly at: string;
  readonly kind: string;
  /** Of the line of an order; absent for the whole. */
  readonly line?: number;
  readonly en: string;
  readonly ko: string;
}

export interface Explanation {
  readonly code: string;
  readonly facts: readonly Fact[];
}

/** Sees everything: whoever can run this can read the database. */
const EVERYBODY = { organizationId: '00000000-0000-0000-0000-000000000000', system: true };

/** What stands behind the code of an order, of a line of one, or of a reservation. `url` is the reader's. @throws Fault for a code that nobody knows */
export async function explain(url: string, code: string): Promise<Explanation> {
  const database = await Database.connect({ url, schema: 'warehousing', poolSize: 1 });
  try {
    const rows = await new Explaining(new OrderStore(database), new WhyStore(database)).explain(EVERYBODY, code);
    if (!rows) throw new Fault(`nobody knows ${code}: it takes the code of an order (ORD-…), of a line (ORD-…/3) or of a reservation (RSV-…)`);
    return {
      code,
      facts: rows.map(({ eventId, at, kind, line, details }) => ({
        ...{ eventId: eventId ?? '', at: new Date(at).toISOString(), kind, ...(line === null ? {} : { line }), en: textOf(kind, 'en', details), ko: textOf(kind, 'ko', details) },
      })),
    };
  } finally {
    await database.close();
  }
}

export function explanationText({ code, facts }: Explanation): string {
  const blocks = facts.map(({ at, line, en, ko, eventId }) => {
    const where = line === undefined ? '' : `, line ${line}`;
    return [`${at}${where}`, `  ${en}`, `  ${ko}`, ...(eventId === '' ? [] : [`  event ${eventId}`])].join('\n');
  });
  return [code, ...blocks].join('\n');
}
