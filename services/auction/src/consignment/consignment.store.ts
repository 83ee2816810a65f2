import { createHash } from 'node:crypto';
import type { Goods } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import type { Queries } from '../queries.js';
import type { Viewer } from '../viewer.js';
import type { Announcement, ConsignmentPhase } from './consignment.js';

/** Where an imported row stands. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly raw: string;
}

export interface Consignment extends Announcement {
  readonly consignmentId: Id;
  readonly code: string;
  readonly consignorOrganizationId: Id;
  readonly operatorOrganizationId: Id;
  readonly lotId: Id;
  readonly lotCode: string;
  readonly phase: ConsignmentPhase;
  readonly announcedAt: Instant;
  readonly source: Source | undefined;
}

interface ConsignmentRow {
  readonly consignment_id: Id;
  readonly code: string;
  readonly market_id: Id;
  readonly consignor_organization_id: Id;
  readonly operator_organization_id: Id;
  readonly lot_id: Id;
  readonly lot_code: string;
  readonly item_code: string;
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly origin: string;
  readonly category: Category;
  readonly trade_unit_label: string;
  readonly trade_unit_base: BaseUnit;
  readonly trade_unit_size: bigint;
  readonly quantity: bigint;
  readonly reserve_price: Minor | null;
  readonly loose: boolean;
  readonly phase: ConsignmentPhase;
  readonly announced_at: Instant;
  readonly source_file: string | null;
  readonly source_line: number | null;
  readonly source_raw: string | null;
}

function toGoods(row: ConsignmentRow): Goods {
  return {
    itemCode: row.item_code,
    item: row.item,
    variety: row.variety,
    grade: row.grade,
    origin: row.origin,
    category: row.category,
    tradeUnit: { label: row.trade_unit_label, base: row.trade_unit_base, size: row.trade_unit_size },
  };
}

function toConsignment(row: ConsignmentRow): Consignment {
  return {
    consignmentId: row.consignment_id,
    code: row.code,
    marketId: row.market_id,
    consignorOrganizationId: row.consignor_organization_id,
    operatorOrganizationId: row.operator_organization_id,
    lotId: row.lot_id,
    lotCode: row.lot_code,
    goods: toGoods(row),
    quantity: row.quantity,
    reservePrice: row.reserve_price ?? undefined,
    loose: row.loose,
    phase: row.phase,
    announcedAt: row.announced_at,
    source: row.source_file === null ? undefined : { file: row.source_file, line: row.source_line!, raw: row.source_raw! },
  };
}

const SELECT = 'select c.*, l.code as lot_code from consignments c join lots l using (lot_id)';

function hashOf(raw: string): Buffer {
  return createHash('sha256').update(raw).digest();
}

/** Rows that a consignor has announced before, by their place in `sources`. The consignor's rows stay locked: two imports take turns. */
export async function findBySource(tx: Queries, consignorOrganizationId: Id, sources: readonly Source[]): Promise<ReadonlyMap<number, { readonly consignmentId: Id; readonly lotId: Id }>> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('consignments of ' || $1::text, 0))`, [consignorOrganizationId]);
  const rows = await tx.query<{ place: bigint; consignment_id: Id; lot_id: Id }>(
    `select s.place, c.consignment_id, c.lot_id
     from unnest($2::text[], $3::integer[], $4::bytea[]) with ordinality s (file, line, hash, place)
     join consignments c on c.consignor_organization_id = $1 and c.source_file = s.file and c.source_line = s.line and c.source_hash = s.hash`,
    [consignorOrganizationId, sources.map((source) => source.file), sources.map((source) => source.line), sources.map((source) => hashOf(source.raw))],
  );
  return new Map(rows.map((row) => [Number(row.place) - 1, { consignmentId: row.consignment_id, lotId: row.lot_id }]));
}

/** Writes consignments, in order, each with its waiting lot. */
export async function insertConsignments(tx: Queries, consignments: readonly Consignment[]): Promise<void> {
  const column = <T>(of: (consignment: Consignment) => T): T[] => consignments.map(of);
  await tx.query(
    `insert into consignments (consignment_id, code, market_id, consignor_organization_id, operator_organization_id, lot_id, item_code, item, variety, grade, origin, category,
       trade_unit_label, trade_unit_base, trade_unit_size, quantity, reserve_price, announced_at, source_file, source_line, source_raw, source_hash, loose, phase)
     select consignment_id, code, market_id, consignor_organization_id, operator_organization_id, lot_id, item_code, item, variety, grade, origin, category,
       trade_unit_label, trade_unit_base, trade_unit_size, quantity, reserve_price, to_timestamp(announced_at / 1000), source_file, source_line, source_raw, source_hash, loose, 'announced'
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
       $13::text[], $14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::float8[], $19::text[], $20::integer[], $21::text[], $22::bytea[], $23::boolean[])
       with ordinality t (consignment_id, code, market_id, consignor_organization_id, operator_organization_id, lot_id, item_code, item, variety, grade, origin, category,
       trade_unit_label, trade_unit_base, trade_unit_size, quantity, reserve_price, announced_at, source_file, source_line, source_raw, source_hash, loose, place)
     order by place`,
    [
      column((c) => c.consignmentId),
      column((c) => c.code),
      column((c) => c.marketId),
      column((c) => c.consignorOrganizationId),
      column((c) => c.operatorOrganizationId),
      column((c) => c.lotId),
      column((c) => c.goods.itemCode),
      column((c) => c.goods.item),
      column((c) => c.goods.variety),
      column((c) => c.goods.grade),
      column((c) => c.goods.origin),
      column((c) => c.goods.category),
      column((c) => c.goods.tradeUnit!.label),
      column((c) => c.goods.tradeUnit!.base),
      column((c) => c.goods.tradeUnit!.size),
      column((c) => c.quantity),
      column((c) => c.reservePrice ?? null),
      column((c) => c.announcedAt),
      column((c) => c.source?.file ?? null),
      column((c) => c.source?.line ?? null),
      column((c) => c.source?.raw ?? null),
      column((c) => (c.source ? hashOf(c.source.raw) : null)),
      column((c) => c.loose),
    ],
  );
  await tx.query(
    `insert into lots (lot_id, code, market_id, consignment_id, consignor_organization_id, operator_organization_id, category, quantity, reserve_price, phase)
     select t.lot_id, t.code, c.market_id, c.consignment_id, c.consignor_organization_id, c.operator_organization_id, c.category, c.quantity, c.reserve_price, 'waiting'
     from unnest($1::uuid[], $2::text[]) t (lot_id, code) join consignments c on c.lot_id = t.lot_id`,
    [column((c) => c.lotId), column((c) => c.lotCode)],
  );
}

/** Moves an announced consignment on; gives its lot, or nothing for one that is unknown here or has been moved before. */
export async function settlePhase(tx: Queries, consignmentId: Id, phase: 'received' | 'refused'): Promise<Id | undefined> {
  const [row] = await tx.query<{ lot_id: Id }>(`update consignments set phase = $2 where consignment_id = $1 and phase = 'announced' returning lot_id`, [consignmentId, phase]);
  return row?.lot_id;
}

/** What consignments hold, in the market's own words, by their ids. */
export async function goodsOf(queries: Queries, consignmentIds: readonly Id[]): Promise<ReadonlyMap<Id, Goods>> {
  const rows = await queries.query<ConsignmentRow>('select * from consignments where consignment_id = any ($1::uuid[])', [consignmentIds]);
  return new Map(rows.map((row) => [row.consignment_id, toGoods(row)]));
}

/** The consignments that `viewer` may see: those it sent, and those of markets that it operates. */
export async function listConsignments(queries: Queries, viewer: Viewer, filter: { readonly consignmentId?: Id; readonly after?: Id | undefined; readonly limit: number }): Promise<readonly Consignment[]> {
  const rows = await queries.query<ConsignmentRow>(
    `${SELECT}
     where ($1::uuid is null or c.consignment_id = $1) and ($2::uuid is null or c.consignment_id > $2)
       and ($3 or c.consignor_organization_id = $4 or c.operator_organization_id = $4)
     order by c.consignment_id limit $5`,
    [filter.consignmentId ?? null, filter.after ?? null, viewer.everything, viewer.organizationId, filter.limit],
  );
  return rows.map(toConsignment);
}
