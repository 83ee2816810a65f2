import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { Viewer } from '../viewer.js';
import type { Dossier, Lead, Listing, Lot, LotPhase, PassReason } from './lot.js';

export interface LotRow {
  readonly lot_id: Id;
  readonly code: string;
  readonly market_id: Id;
  readonly consignment_id: Id;
  readonly consignor_organization_id: Id;
  readonly operator_organization_id: Id;
  readonly category: Category;
  readonly quantity: bigint;
  readonly weighed_grams: bigint;
  readonly reserve_price: Minor | null;
  readonly session_id: Id | null;
  readonly position: number | null;
  readonly start_price: Minor | null;
  readonly phase: LotPhase;
  readonly sequence: bigint;
  readonly leading_organization_id: Id | null;
  readonly leading_limit: Minor | null;
  readonly price: Minor | null;
  readonly opened_at: Instant | null;
  readonly closes_at: Instant | null;
  readonly closed_at: Instant | null;
  readonly reason: string | null;
}

const COLUMNS = `l.lot_id, l.code, l.market_id, l.consignment_id, l.consignor_organization_id, l.operator_organization_id, l.category, l.quantity, l.weighed_grams, l.reserve_price,
  l.session_id, l.position, l.start_price, l.phase, l.sequence, l.leading_organization_id, l.leading_limit, l.price, l.opened_at, l.closes_at, l.closed_at, l.reason`;

export function toLot(row: LotRow): Lot {
  const dossier: Dossier = {
    lotId: row.lot_id,
    code: row.code,
    marketId: row.market_id,
    consignmentId: row.consignment_id,
    consignorOrganizationId: row.consignor_organization_id,
    operatorOrganizationId: row.operator_organization_id,
    category: row.category,
    quantity: row.quantity,
    weighedGrams: row.weighed_grams,
    reservePrice: row.reserve_price ?? undefined,
  };
  const listing = (): Listing => ({ sessionId: row.session_id!, position: row.position!, startPrice: row.start_price! });
  const lead: Lead | undefined = row.leading_organization_id === null ? undefined : { organizationId: row.leading_organization_id, limit: row.leading_limit!, price: row.price! };
  const sale = () => ({ dossier, listing: listing(), openedAt: row.opened_at!, closesAt: row.closes_at!, sequence: row.sequence });
  switch (row.phase) {
    case 'waiting':
    case 'received':
    case 'barred':
      return { phase: row.phase, dossier };
    case 'listed':
      return { phase: 'listed', dossier, listing: listing() };
    case 'withdrawn':
      return { phase: 'withdrawn', dossier, listing: row.session_id === null ? undefined : listing(), reason: row.reason! };
    case 'open':
      return { phase: 'open', ...sale(), lead };
    case 'sold':
      return { phase: 'sold', ...sale(), lead: lead!, closedAt: row.closed_at! };
    case 'passed':
      return { phase: 'passed', ...sale(), lead, closedAt: row.closed_at!, reason: row.reason as PassReason };
  }
}

/** Reads a lot and locks its row: first of all rows that a command on it touches. */
export async function lockLot(tx: Queries, lotId: Id): Promise<Lot | undefined> {
  const [row] = await tx.query<LotRow>(`select ${COLUMNS} from lots l where lot_id = $1 for update`, [lotId]);
  return row && toLot(row);
}

/** Reads lots and locks their rows, in order of id. */
export async function lockLots(tx: Queries, lotIds: readonly Id[]): Promise<readonly Lot[]> {
  const rows = await tx.query<LotRow>(`select ${COLUMNS} from lots l where lot_id = any ($1::uuid[]) order by lot_id for update`, [lotIds]);
  return rows.map(toLot);
}

/** Locks the listed lot that comes next in each session that has one. */
export async function lockNexts(tx: Queries, sessionIds: readonly Id[]): Promise<readonly Lot[]> {
  const rows = await tx.query<LotRow>(
    `select ${COLUMNS} from unnest($1::uuid[]) s (id) cross join lateral (select * from lots where session_id = s.id and phase = 'listed' order by position limit 1 for update) l`,
    [sessionIds],
  );
  return rows.map(toLot);
}

/** Locks the listed lot of a session that comes next, if there is one. */
export async function lockNextListed(tx: Queries, sessionId: Id): Promise<Lot | undefined> {
  const [row] = await tx.query<LotRow>(`select ${COLUMNS} from lots l where session_id = $1 and phase = 'listed' order by position limit 1 for update`, [sessionId]);
  return row && toLot(row);
}

const SAVE = `
  update lots set quantity = $2, weighed_grams = $3, session_id = $4, position = $5, start_price = $6, phase = $7, sequence = $8, leading_organization_id = $9,
    leading_limit = $10, price = $11, opened_at = $12, closes_at = $13, closed_at = $14, reason = $15
  where lot_id = $1`;

function valuesOf(lot: Lot): readonly unknown[] {
  const { dossier } = lot;
  const listing = 'listing' in lot ? lot.listing : undefined;
  const sale = 'openedAt' in lot ? lot : undefined;
  return [
    dossier.lotId,
    dossier.quantity,
    dossier.weighedGrams,
    listing?.sessionId ?? null,
    listing?.position ?? null,
    listing?.startPrice ?? null,
    lot.phase,
    sale?.sequence ?? 0n,
    sale?.lead?.organizationId ?? null,
    sale?.lead?.limit ?? null,
    sale?.lead?.price ?? null,
    sale ? date(sale.openedAt) : null,
    sale ? date(sale.closesAt) : null,
    'closedAt' in lot ? date(lot.closedAt) : null,
    'reason' in lot ? lot.reason : null,
  ];
}

/** Writes the state of a locked lot. */
export function saveLot(tx: Writes, lot: Lot): void {
  tx.send(SAVE, valuesOf(lot));
}

/** Writes a lot that opens, and seals its dossier (rule A15). */
export function saveOpened(tx: Writes, lot: Lot): void {
  tx.send(`update lots l set dossier_digest = dossier_digest_of(l), opened_at = $2 where lot_id = $1`, [lot.dossier.lotId, valuesOf(lot)[11]]);
  saveLot(tx, lot);
}

/** Open lots and their effective closes: what has to be closed. */
export async function listOpen(queries: Queries): Promise<readonly { readonly lotId: Id; readonly marketId: Id; readonly closesAt: Instant }[]> {
  return queries.query(`select lot_id as "lotId", market_id as "marketId", closes_at as "closesAt" from lots where phase = 'open'`);
}

export interface LotFilter {
  readonly lotId?: Id;
  readonly sessionId?: Id | undefined;
  readonly phase?: LotPhase | undefined;
  readonly after?: Id | undefined;
  readonly limit: number;
}

/** The lots that `viewer` may see (`isSeenBy` in SQL), by id. */
export async function listLots(queries: Queries, viewer: Viewer, filter: LotFilter): Promise<readonly Lot[]> {
  const rows = await queries.query<LotRow>(
    `select ${COLUMNS} from lots l
     where ($1::uuid is null or lot_id = $1) and ($2::uuid is null or session_id = $2) and ($3::text is null or phase = $3) and ($4::uuid is null or lot_id > $4)
       and (session_id is not null or $5 or consignor_organization_id = $6 or operator_organization_id = $6)
     order by lot_id limit $7`,
    [filter.lotId ?? null, filter.sessionId ?? null, filter.phase ?? null, filter.after ?? null, viewer.everything, viewer.organizationId, filter.limit],
  );
  return rows.map(toLot);
}
