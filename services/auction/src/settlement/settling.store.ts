import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { Session } from '../session/session.js';

/** Whether the notes and invoices of a session, whose row is locked, are issued. */
export async function isSettled(tx: Queries, sessionId: Id): Promise<boolean> {
  return (await tx.query('select from session_settlements where session_id = $1', [sessionId])).length > 0;
}

export function saveSettled(tx: Writes, { sessionId, marketId, businessDay }: Session, lots: number, now: Instant): void {
  tx.send('insert into session_settlements (session_id, market_id, business_day, lots, settled_at) values ($1, $2, $3::date, $4, $5)', [sessionId, marketId, businessDay, lots, date(now)]);
}

/** Closed sessions whose notes and invoices are not issued yet. */
export async function listUnsettled(queries: Queries): Promise<readonly Id[]> {
  const rows = await queries.query<{ session_id: Id }>(
    `select session_id from sessions s where phase = 'closed' and not exists (select from session_settlements t where t.session_id = s.session_id) order by session_id`,
  );
  return rows.map((row) => row.session_id);
}
