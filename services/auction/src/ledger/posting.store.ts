import type { Id } from '@naru/kernel/ids';
import type { BusinessDay } from '@naru/kernel/instant';
import type { Queries, Writes } from '../queries.js';
import type { Account } from './accounts.js';
import { type Posting, sumOf } from './posting.js';

/** The postings of one document. */
export interface Entry {
  readonly documentId: Id;
  readonly postings: readonly Posting[];
}

const APPEND = `
  insert into postings (document_id, line, market_id, business_day, account, organization_id, amount, reverses_document_id)
  select document_id, line, $1, $2::date, account, organization_id, amount, reverses
  from unnest($3::uuid[], $4::integer[], $5::text[], $6::uuid[], $7::bigint[], $8::uuid[]) t (document_id, line, account, organization_id, amount, reverses)`;

/** Appends entries to the journal. Throws for one that does not balance: nothing of its transaction stays (rule A9). */
export function appendEntries(tx: Writes, marketId: Id, day: BusinessDay, entries: readonly Entry[]): void {
  for (const { documentId, postings } of entries) if (sumOf(postings) !== 0n) throw new Error(`the postings of document ${documentId} do not balance`);
  const lines = entries.flatMap(({ documentId, postings }) => postings.map((posting, i) => ({ documentId, line: i + 1, ...posting })));
  if (lines.length === 0) return;
  tx.send(APPEND, [
    marketId,
    day,
    lines.map((line) => line.documentId),
    lines.map((line) => line.line),
    lines.map((line) => line.account),
    lines.map((line) => line.organizationId ?? null),
    lines.map((line) => line.amount),
    lines.map((line) => line.reverses ?? null),
  ]);
}

/** A posting as the journal holds it. */
export interface JournalledPosting {
  readonly documentId: Id;
  readonly line: number;
  readonly businessDay: BusinessDay;
  readonly account: Account;
  readonly organizationId: Id | null;
  readonly amount: bigint;
  readonly reversesDocumentId: Id | null;
}

/** The journal of a market by document and line, after the key `document line`. */
export async function listPostings(queries: Queries, marketId: Id, after: string | undefined, limit: number): Promise<readonly JournalledPosting[]> {
  const [documentId, line] = after?.split(' ') ?? [];
  return queries.query(
    `select document_id as "documentId", line, business_day::text as "businessDay", account, organization_id as "organizationId", amount, reverses_document_id as "reversesDocumentId"
     from postings where market_id = $1 and ($2::uuid is null or (document_id, line) > ($2, $3::integer)) order by document_id, line limit $4`,
    [marketId, documentId ?? null, line ?? null, limit],
  );
}
