import type { Id } from '@naru/kernel/ids';
import type { Queries, Writes } from '../queries.js';
import type { Viewer } from '../viewer.js';
import type { Note, NoteView } from './note.js';

export function insertNotes(tx: Writes, notes: readonly Note[]): void {
  const column = <T>(of: (note: Note) => T): T[] => notes.map(of);
  tx.send(
    `insert into settlement_notes (note_id, code, number, market_id, business_day, session_id, operator_organization_id, consignor_organization_id, fees_version, gross, grants, deductions, net,
       issued_at, payout_due_at, corrects_note_id, reason)
     select note_id, code, number, market_id, business_day::date, session_id, operator, consignor, fees_version, gross, grants, deductions, net,
       to_timestamp(issued_at / 1000), to_timestamp(payout_due_at / 1000), corrects, reason
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::integer[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
       $14::float8[], $15::float8[], $16::uuid[], $17::text[])
       t (note_id, code, number, market_id, business_day, session_id, operator, consignor, fees_version, gross, grants, deductions, net, issued_at, payout_due_at, corrects, reason)`,
    [
      column((note) => note.noteId),
      column((note) => note.code),
      column((note) => note.number),
      column((note) => note.marketId),
      column((note) => note.businessDay),
      column((note) => note.sessionId),
      column((note) => note.operatorOrganizationId),
      column((note) => note.consignorOrganizationId),
      column((note) => note.feesVersion),
      column((note) => note.gross),
      column((note) => note.grants),
      column((note) => note.deductions),
      column((note) => note.net),
      column((note) => note.issuedAt),
      column((note) => note.payoutDueAt),
      column((note) => note.correctsNoteId ?? null),
      column((note) => note.reason ?? null),
    ],
  );
}

type NoteRow = { readonly [K in keyof NoteView]: undefined extends NoteView[K] ? Exclude<NoteView[K], undefined> | null : NoteView[K] };

const SELECT = `
  select n.note_id as "noteId", n.code, n.number, n.market_id as "marketId", to_char(n.business_day, 'YYYY-MM-DD') as "businessDay", n.session_id as "sessionId",
    n.operator_organization_id as "operatorOrganizationId", n.consignor_organization_id as "consignorOrganizationId", n.fees_version as "feesVersion", n.gross, n.grants, n.deductions, n.net,
    n.issued_at as "issuedAt", n.payout_due_at as "payoutDueAt", n.corrects_note_id as "correctsNoteId", n.reason, x.note_id as "correctedByNoteId", x.code as "correctedByCode"
  from settlement_notes n left join settlement_notes x on x.corrects_note_id = n.note_id`;

function toNote(row: NoteRow): NoteView {
  const { correctsNoteId, reason, correctedByNoteId, correctedByCode } = row;
  return { ...row, correctsNoteId: correctsNoteId ?? undefined, reason: reason ?? undefined, correctedByNoteId: correctedByNoteId ?? undefined, correctedByCode: correctedByCode ?? undefined };
}

export async function findNote(queries: Queries, noteId: Id): Promise<NoteView | undefined> {
  const [row] = await queries.query<NoteRow>(`${SELECT} where n.note_id = $1`, [noteId]);
  return row && toNote(row);
}

/** The note of a consignor in a session that holds. */
export async function currentNote(queries: Queries, sessionId: Id, consignorOrganizationId: Id): Promise<NoteView | undefined> {
  const [row] = await queries.query<NoteRow>(`${SELECT} where n.session_id = $1 and n.consignor_organization_id = $2 and x.note_id is null`, [sessionId, consignorOrganizationId]);
  return row && toNote(row);
}

export interface NoteFilter {
  readonly noteId?: Id;
  readonly sessionId?: Id | undefined;
  readonly after?: Id | undefined;
  readonly limit: number;
}

/** The notes that `viewer` may see, by id: as consignor, as operator of the market. */
export async function listNotes(queries: Queries, viewer: Viewer, filter: NoteFilter): Promise<readonly NoteView[]> {
  const rows = await queries.query<NoteRow>(
    `${SELECT}
     where ($1::uuid is null or n.note_id = $1) and ($2::uuid is null or n.session_id = $2) and ($3::uuid is null or n.note_id > $3)
       and ($4 or n.consignor_organization_id = $5 or n.operator_organization_id = $5)
     order by n.note_id limit $6`,
    [filter.noteId ?? null, filter.sessionId ?? null, filter.after ?? null, viewer.everything, viewer.organizationId, filter.limit],
  );
  return rows.map(toNote);
}
