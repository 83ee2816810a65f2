import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { Viewer } from '../viewer.js';
import type { Attempt, Payout, PayoutPhase } from './payout.js';

/** Whose payout it is. */
export interface PayoutParties {
  readonly noteId: Id;
  readonly marketId: Id;
  readonly sessionId: Id;
  readonly operatorOrganizationId: Id;
  readonly consignorOrganizationId: Id;
}

/** A payout with its note. */
export interface PayoutView extends PayoutParties, Payout {
  readonly noteCode: string;
}

export function insertPayouts(tx: Writes, payouts: readonly (PayoutParties & { readonly payout: Payout })[]): void {
  tx.send(
    `insert into payouts (note_id, market_id, session_id, operator_organization_id, consignor_organization_id, phase, amount, due_at)
     select note_id, market_id, session_id, operator, consignor, phase, amount, to_timestamp(due_at / 1000)
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[], $8::float8[]) t (note_id, market_id, session_id, operator, consignor, phase, amount, due_at)`,
    [
      payouts.map((of) => of.noteId),
      payouts.map((of) => of.marketId),
      payouts.map((of) => of.sessionId),
      payouts.map((of) => of.operatorOrganizationId),
      payouts.map((of) => of.consignorOrganizationId),
      payouts.map((of) => of.payout.phase),
      payouts.map((of) => of.payout.amount),
      payouts.map((of) => of.payout.dueAt),
    ],
  );
}

interface AttemptRow {
  readonly note_id: Id;
  readonly attempt: number;
  readonly attempt_key: string;
  readonly sent_at: Instant;
  readonly bounced_at: Instant | null;
  readonly reason: string | null;
}

const SELECT = `
  select p.note_id as "noteId", n.code as "noteCode", p.market_id as "marketId", p.session_id as "sessionId", p.operator_organization_id as "operatorOrganizationId",
    p.consignor_organization_id as "consignorOrganizationId", p.phase, p.amount, p.due_at as "dueAt"
  from payouts p join settlement_notes n on n.note_id = p.note_id`;

async function withAttempts(queries: Queries, rows: readonly Omit<PayoutView, 'attempts'>[]): Promise<readonly PayoutView[]> {
  const attempts = await queries.query<AttemptRow>(
    'select note_id, attempt, attempt_key, sent_at, bounced_at, reason from payout_attempts where note_id = any ($1::uuid[]) order by note_id, attempt',
    [rows.map((row) => row.noteId)],
  );
  const byNote = Map.groupBy(attempts, (row) => row.note_id);
  const toAttempt = ({ attempt, attempt_key, sent_at, bounced_at, reason }: AttemptRow): Attempt => ({ attempt, attemptKey: attempt_key, sentAt: sent_at, bouncedAt: bounced_at ?? undefined, reason: reason ?? undefined });
  return rows.map((row) => ({ ...row, attempts: (byNote.get(row.noteId) ?? []).map(toAttempt) }));
}

/** Reads a payout and locks its row. */
export async function lockPayout(tx: Queries, noteId: Id): Promise<PayoutView | undefined> {
  const [payout] = await withAttempts(tx, await tx.query<Omit<PayoutView, 'attempts'>>(`${SELECT} where p.note_id = $1 for update of p`, [noteId]));
  return payout;
}

/** Locks the payouts of all notes of a consignor in a session. */
export async function lockPayoutsIn(tx: Queries, sessionId: Id, consignorOrganizationId: Id): Promise<readonly PayoutView[]> {
  return withAttempts(tx, await tx.query<Omit<PayoutView, 'attempts'>>(`${SELECT} where p.session_id = $1 and p.consignor_organization_id = $2 order by p.note_id for update of p`, [sessionId, consignorOrganizationId]));
}

export function savePayoutPhase(tx: Writes, noteId: Id, phase: PayoutPhase): void {
  tx.send('update payouts set phase = $2 where note_id = $1', [noteId, phase]);
}

/** Writes an attempt; `attemptId` is the document of its postings. */
export function insertAttempt(tx: Writes, noteId: Id, attemptId: Id, { attempt, attemptKey, sentAt }: Pick<Attempt, 'attempt' | 'attemptKey' | 'sentAt'>): void {
  tx.send('insert into payout_attempts (attempt_id, note_id, attempt, attempt_key, sent_at) values ($1, $2, $3, $4, $5)', [attemptId, noteId, attempt, attemptKey, date(sentAt)]);
}

/** Writes that an attempt came back; gives the document of its postings. */
export async function saveBounce(tx: Queries, noteId: Id, attempt: number, bounce: { readonly bounceId: Id; readonly at: Instant; readonly reason: string }): Promise<Id> {
  const [row] = await tx.query<{ attempt_id: Id }>(
    'update payout_attempts set bounce_id = $3, bounced_at = $4, reason = $5 where note_id = $1 and attempt = $2 and bounced_at is null returning attempt_id',
    [noteId, attempt, bounce.bounceId, date(bounce.at), bounce.reason],
  );
  return row!.attempt_id;
}

export interface PayoutFilter {
  readonly noteId?: Id;
  readonly phase?: PayoutPhase | undefined;
  readonly after?: Id | undefined;
  readonly limit: number;
}

/** The payouts that `viewer` may see, by note: as consignor, as operator of the market. */
export async function listPayouts(queries: Queries, viewer: Viewer, filter: PayoutFilter): Promise<readonly PayoutView[]> {
  const rows = await queries.query<Omit<PayoutView, 'attempts'>>(
    `${SELECT}
     where ($1::uuid is null or p.note_id = $1) and ($2::text is null or p.phase = $2) and ($3::uuid is null or p.note_id > $3)
       and ($4 or p.consignor_organization_id = $5 or p.operator_organization_id = $5)
     order by p.note_id limit $6`,
    [filter.noteId ?? null, filter.phase ?? null, filter.after ?? null, viewer.everything, viewer.organizationId, filter.limit],
  );
  return withAttempts(queries, rows);
}
