import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { Viewer } from '../viewer.js';
import type { BidPlaced, Lot } from './lot.js';

const APPEND = `
  insert into bids (lot_id, sequence, organization_id, limit_amount, stamped_at, leads, lead_changed, price, closes_at, admission)
  select $1, sequence, organization_id, limit_amount, to_timestamp(stamped_at / 1000), leads, lead_changed, price, to_timestamp(closes_at / 1000), admission
  from unnest($2::bigint[], $3::uuid[], $4::bigint[], $5::float8[], $6::boolean[], $7::boolean[], $8::bigint[], $9::float8[], $10::integer[])
    t (sequence, organization_id, limit_amount, stamped_at, leads, lead_changed, price, closes_at, admission)`;

/** Appends accepted bids of one lot to the journal, in one statement. */
export function appendBids(tx: Writes, lotId: Id, bids: readonly BidPlaced[]): void {
  if (bids.length === 0) return;
  tx.send(APPEND, [
    lotId,
    bids.map((bid) => bid.sequence),
    bids.map((bid) => bid.organizationId),
    bids.map((bid) => bid.limit),
    bids.map((bid) => bid.stampedAt),
    bids.map((bid) => bid.leading),
    bids.map((bid) => bid.leadChanged),
    bids.map((bid) => bid.price),
    bids.map((bid) => bid.closesAt),
    bids.map((bid) => bid.admission),
  ]);
}

/** Appends what the hammer decided on a lot that is sold or passed. */
export function appendHammer(tx: Writes, lot: Extract<Lot, { phase: 'sold' | 'passed' }>, businessDay: BusinessDay): void {
  const { dossier, listing, closedAt } = lot;
  const sold = lot.phase === 'sold' ? lot.lead : undefined;
  tx.send(
    `insert into hammers (lot_id, market_id, session_id, business_day, buyer_organization_id, price, quantity, amount, reason, hammered_at)
     values ($1, $2, $3, $4::date, $5, $6, $7, $8, $9, $10)`,
    [
      dossier.lotId,
      dossier.marketId,
      listing.sessionId,
      businessDay,
      sold?.organizationId ?? null,
      sold?.price ?? null,
      dossier.quantity,
      sold ? sold.price * dossier.quantity : null,
      lot.phase === 'passed' ? lot.reason : null,
      date(closedAt),
    ],
  );
}

/** An accepted bid as the journal holds it. */
export interface JournalledBid {
  readonly lotId: Id;
  readonly sequence: bigint;
  readonly organizationId: Id;
  readonly limit: Minor;
  readonly stampedAt: Instant;
  readonly leading: boolean;
  readonly price: Minor;
}

/** The bids on a lot that `viewer` may see, by sequence: its own; the operator of the market sees all. */
export async function listBids(queries: Queries, viewer: Viewer, filter: { readonly lotId: Id; readonly after: bigint; readonly limit: number }): Promise<readonly JournalledBid[]> {
  return queries.query(
    `select b.lot_id as "lotId", b.sequence, b.organization_id as "organizationId", b.limit_amount as "limit", b.stamped_at as "stampedAt", b.leads as leading, b.price
     from bids b join lots l using (lot_id)
     where b.lot_id = $1 and b.sequence > $2 and ($3 or b.organization_id = $4 or l.operator_organization_id = $4)
     order by b.sequence limit $5`,
    [filter.lotId, filter.after, viewer.everything, viewer.organizationId, filter.limit],
  );
}
