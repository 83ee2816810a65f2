import type { Id } from '@naru/kernel/ids';
import type { BusinessDay } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import { type DocumentNumber, codePrefix } from '../ledger/number.store.js';
import { saleEntry } from '../ledger/posting.js';
import type { Market } from '../market/market.js';
import type { Queries, Writes } from '../queries.js';
import type { Viewer } from '../viewer.js';
import type { Slip, SlipBounds, SlipView, UnnumberedSlip } from './slip.js';

/** Numbers, slips and postings in one statement: the counter of the market's day is locked for no longer than the commit takes. */
const ISSUE_SALES = `
  with counter as (
    insert into document_counters (market_id, kind, day, last) values ($1, 'SLP', $2::date, $4)
    on conflict (market_id, kind, day) do update set last = document_counters.last + excluded.last
    returning last - $4 as before
  ),
  slip as (
    insert into slips (slip_id, code, number, market_id, business_day, session_id, lot_id, consignment_id, operator_organization_id, consignor_organization_id, buyer_organization_id,
      quantity, price, amount, issued_at)
    select slip_id, $3 || lpad((before + place)::text, greatest(4, length((before + place)::text)), '0'), before + place, $1, $2::date, session_id, lot_id, consignment_id, $5, consignor, buyer,
      quantity, price, amount, to_timestamp(issued_at / 1000)
    from counter cross join unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::bigint[], $13::bigint[], $14::bigint[], $15::float8[])
      with ordinality t (slip_id, session_id, lot_id, consignment_id, consignor, buyer, quantity, price, amount, issued_at, place)
    returning slip_id, number, code
  ),
  posted as (
    insert into postings (document_id, line, market_id, business_day, account, organization_id, amount)
    select document_id, line, $1, $2::date, account, organization_id, amount
    from unnest($16::uuid[], $17::integer[], $18::text[], $19::uuid[], $20::bigint[]) t (document_id, line, account, organization_id, amount)
  )
  select slip_id, number, code from slip`;

/** Issues the slips of sales of one market and day, in their order. The last statement of its transaction that waits for a lock (rule A10). */
export async function issueSaleSlips(tx: Queries, market: Market, day: BusinessDay, slips: readonly UnnumberedSlip[]): Promise<readonly Slip[]> {
  const column = <T>(of: (slip: UnnumberedSlip) => T): T[] => slips.map(of);
  const postings = slips.flatMap((slip) => saleEntry(slip).map((posting, i) => ({ documentId: slip.slipId, line: i + 1, ...posting })));
  const rows = await tx.query<DocumentNumber & { readonly slip_id: Id }>(ISSUE_SALES, [
    market.marketId,
    day,
    codePrefix('SLP', market, day),
    BigInt(slips.length),
    market.operatorOrganizationId,
    column((slip) => slip.slipId),
    column((slip) => slip.sessionId),
    column((slip) => slip.lotId),
    column((slip) => slip.consignmentId),
    column((slip) => slip.consignorOrganizationId),
    column((slip) => slip.buyerOrganizationId),
    column((slip) => slip.quantity),
    column((slip) => slip.price),
    column((slip) => slip.amount),
    column((slip) => slip.issuedAt),
    postings.map((posting) => posting.documentId),
    postings.map((posting) => posting.line),
    postings.map((posting) => posting.account),
    postings.map((posting) => posting.organizationId!),
    postings.map((posting) => posting.amount),
  ]);
  const numbers = new Map(rows.map(({ slip_id, number, code }) => [slip_id, { number, code }]));
  return slips.map((slip) => ({ ...slip, ...numbers.get(slip.slipId)! }));
}

/** Writes a slip that corrects another. */
export function insertCorrection(tx: Writes, slip: Slip): void {
  tx.send(
    `insert into slips (slip_id, code, number, market_id, business_day, session_id, lot_id, consignment_id, operator_organization_id, consignor_organization_id, buyer_organization_id,
       quantity, price, amount, issued_at, corrects_slip_id, reason)
     values ($1, $2, $3, $4, $5::date, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      slip.slipId,
      slip.code,
      slip.number,
      slip.marketId,
      slip.businessDay,
      slip.sessionId,
      slip.lotId,
      slip.consignmentId,
      slip.operatorOrganizationId,
      slip.consignorOrganizationId,
      slip.buyerOrganizationId,
      slip.quantity,
      slip.price,
      slip.amount,
      date(slip.issuedAt),
      slip.correctsSlipId!,
      slip.reason!,
    ],
  );
}

type SlipRow = { readonly [K in keyof SlipView]: undefined extends SlipView[K] ? Exclude<SlipView[K], undefined> | null : SlipView[K] };

const SELECT = `
  select s.slip_id as "slipId", s.code, s.number, s.market_id as "marketId", to_char(s.business_day, 'YYYY-MM-DD') as "businessDay", s.session_id as "sessionId", s.lot_id as "lotId",
    s.consignment_id as "consignmentId", s.operator_organization_id as "operatorOrganizationId", s.consignor_organization_id as "consignorOrganizationId",
    s.buyer_organization_id as "buyerOrganizationId", s.quantity, s.price, s.amount, s.issued_at as "issuedAt", s.corrects_slip_id as "correctsSlipId", s.reason,
    l.code as "lotCode", c.item, c.variety, c.grade, c.origin, c.trade_unit_label as "tradeUnit", n.slip_id as "correctedBySlipId", n.code as "correctedByCode"
  from slips s join lots l on l.lot_id = s.lot_id join consignments c on c.consignment_id = s.consignment_id left join slips n on n.corrects_slip_id = s.slip_id`;

function toSlip(row: SlipRow): SlipView {
  return {
    ...row,
    correctsSlipId: row.correctsSlipId ?? undefined,
    reason: row.reason ?? undefined,
    correctedBySlipId: row.correctedBySlipId ?? undefined,
    correctedByCode: row.correctedByCode ?? undefined,
  };
}

export async function findSlip(queries: Queries, slipId: Id): Promise<SlipView | undefined> {
  const [row] = await queries.query<SlipRow>(`${SELECT} where s.slip_id = $1`, [slipId]);
  return row && toSlip(row);
}

/** What bounds corrections of the slips of a lot. */
export async function boundsOf(queries: Queries, lotId: Id): Promise<SlipBounds> {
  const [row] = await queries.query<{ reserve_price: bigint | null; quantity: bigint }>('select reserve_price, quantity from lots where lot_id = $1', [lotId]);
  return { reservePrice: row!.reserve_price ?? undefined, quantity: row!.quantity };
}

export interface SlipFilter {
  readonly slipId?: Id;
  readonly sessionId?: Id | undefined;
  readonly lotId?: Id | undefined;
  readonly after?: Id | undefined;
  readonly limit: number;
}

/** The slips that `viewer` may see, by id: as consignor, as buyer, as operator of the market. */
export async function listSlips(queries: Queries, viewer: Viewer, filter: SlipFilter): Promise<readonly SlipView[]> {
  const rows = await queries.query<SlipRow>(
    `${SELECT}
     where ($1::uuid is null or s.slip_id = $1) and ($2::uuid is null or s.session_id = $2) and ($3::uuid is null or s.lot_id = $3) and ($4::uuid is null or s.slip_id > $4)
       and ($5 or s.consignor_organization_id = $6 or s.buyer_organization_id = $6 or s.operator_organization_id = $6)
     order by s.slip_id limit $7`,
    [filter.slipId ?? null, filter.sessionId ?? null, filter.lotId ?? null, filter.after ?? null, viewer.everything, viewer.organizationId, filter.limit],
  );
  return rows.map(toSlip);
}
