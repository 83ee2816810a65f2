import { refused } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { Queries } from '../queries.js';
import type { Session } from './session.js';

type SessionRow = Omit<Session, 'startedAt' | 'closedAt'> & { readonly startedAt: Instant | null; readonly closedAt: Instant | null };

const SELECT = `
  select session_id as "sessionId", code, market_id as "marketId", operator_organization_id as "operatorOrganizationId", name, business_day::text as "businessDay", phase,
    started_at as "startedAt", closed_at as "closedAt"
  from sessions`;

function toSession(row: SessionRow): Session {
  return { ...row, startedAt: row.startedAt ?? undefined, closedAt: row.closedAt ?? undefined };
}

export async function insertSession(tx: Queries, session: Session): Promise<void> {
  const { sessionId, code, marketId, operatorOrganizationId, name, businessDay, phase } = session;
  await tx.query('insert into sessions (session_id, code, market_id, operator_organization_id, name, business_day, phase) values ($1, $2, $3, $4, $5, $6::date, $7)', [
    sessionId,
    code,
    marketId,
    operatorOrganizationId,
    name,
    businessDay,
    phase,
  ]);
}

/** Reads a session and locks its row: after an open lot, before listed ones. */
export async function lockSession(tx: Queries, sessionId: Id): Promise<Session | undefined> {
  const [row] = await tx.query<SessionRow>(`${SELECT} where session_id = $1 for update`, [sessionId]);
  return row && toSession(row);
}

/** Reads sessions and locks their rows, in order of id: after open lots, before listed ones. */
export async function lockSessions(tx: Queries, sessionIds: readonly Id[]): Promise<readonly Session[]> {
  const rows = await tx.query<SessionRow>(`${SELECT} where session_id = any ($1::uuid[]) order by session_id for update`, [sessionIds]);
  return rows.map(toSession);
}

export async function saveSession(tx: Queries, { sessionId, phase, startedAt, closedAt }: Session): Promise<void> {
  const values = [sessionId, phase, startedAt === undefined ? null : date(startedAt), closedAt === undefined ? null : date(closedAt)];
  await tx.query('update sessions set phase = $2, started_at = $3, closed_at = $4 where session_id = $1', values);
}

/** The next place in a session of `marketId` that is not closed; its row stays locked. */
export async function takePlace(tx: Queries, sessionId: Id, marketId: Id): Promise<number> {
  const [taken] = await tx.query<{ last_position: number }>(
    `update sessions set last_position = last_position + 1 where session_id = $1 and market_id = $2 and phase <> 'closed' returning last_position`,
    [sessionId, marketId],
  );
  if (taken) return taken.last_position;
  const [closed] = await tx.query('select from sessions where session_id = $1 and market_id = $2', [sessionId, marketId]);
  return refused(closed ? 'SESSION_CLOSED' : 'NOT_FOUND');
}

/** Puts the lots of a session into the order of their consignments, in whichever order they were listed. */
export async function orderLots(tx: Queries, sessionId: Id): Promise<void> {
  await tx.query(
    `update lots l set position = o.position
     from (select lot_id, row_number() over (order by c.ordinal) as position from lots join consignments c using (lot_id) where session_id = $1) o
     where l.lot_id = o.lot_id and l.position <> o.position`,
    [sessionId],
  );
}

export interface SessionFilter {
  readonly marketId?: Id;
  readonly sessionId?: Id;
  readonly after?: Id | undefined;
  readonly limit: number;
}

/** Sessions by id: every participant may see them. */
export async function listSessions(queries: Queries, filter: SessionFilter): Promise<readonly Session[]> {
  const rows = await queries.query<SessionRow>(
    `${SELECT} where ($1::uuid is null or market_id = $1) and ($2::uuid is null or session_id = $2) and ($3::uuid is null or session_id > $3) order by session_id limit $4`,
    [filter.marketId ?? null, filter.sessionId ?? null, filter.after ?? null, filter.limit],
  );
  return rows.map(toSession);
}
