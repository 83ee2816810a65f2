import { Injectable } from '@nestjs/common';
import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { Id } from '@naru/kernel/ids';
import { Database } from '@naru/platform/database';
import type { Queries } from '../queries.js';
import type { Market } from './market.js';

interface MarketRow {
  readonly market_id: Id;
  readonly code: string;
  readonly name: string;
  readonly operator_organization_id: Id;
  readonly time_zone: string;
  readonly currency: string;
  readonly bid_unit: bigint;
  readonly lot_open_ms: number;
  readonly soft_close_window_ms: number;
  readonly soft_close_extension_ms: number;
  readonly hard_end_ms: number;
  readonly source: string;
  readonly from_amounts: readonly string[];
  readonly increments: readonly string[];
  readonly categories: readonly Category[];
  readonly per_milles: readonly number[];
}

const SELECT = `
  select m.*,
    array(select from_amount::text from increment_bands b where b.market_id = m.market_id order by b.from_amount) as from_amounts,
    array(select increment::text from increment_bands b where b.market_id = m.market_id order by b.from_amount) as increments,
    array(select category from commission_caps c where c.market_id = m.market_id order by c.category) as categories,
    array(select per_mille from commission_caps c where c.market_id = m.market_id order by c.category) as per_milles
  from markets m`;

function toMarket(row: MarketRow): Market {
  return {
    marketId: row.market_id,
    code: row.code,
    name: row.name,
    operatorOrganizationId: row.operator_organization_id,
    timeZone: row.time_zone,
    rules: {
      currency: row.currency,
      bidUnit: row.bid_unit,
      increments: row.from_amounts.map((fromAmount, i) => ({ fromAmount: BigInt(fromAmount), increment: BigInt(row.increments[i]!) })),
      lotOpenMs: row.lot_open_ms,
      softCloseWindowMs: row.soft_close_window_ms,
      softCloseExtensionMs: row.soft_close_extension_ms,
      hardEndMs: row.hard_end_ms,
      commissionCaps: row.categories.map((category, i) => ({ category, perMille: row.per_milles[i]! })),
      source: row.source,
    },
  };
}

/** Markets. They never change once made, so those asked for are kept. */
@Injectable()
export class MarketStore {
  readonly #known = new Map<Id, Market>();

  constructor(private readonly database: Database) {}

  async find(marketId: Id, queries: Queries = this.database): Promise<Market | undefined> {
    const known = this.#known.get(marketId);
    if (known) return known;
    const [row] = await queries.query<MarketRow>(`${SELECT} where m.market_id = $1`, [marketId]);
    if (!row) return undefined;
    const market = toMarket(row);
    this.#known.set(marketId, market);
    return market;
  }

  async list(after: Id | undefined, limit: number): Promise<readonly Market[]> {
    const rows = await this.database.query<MarketRow>(`${SELECT} where $1::uuid is null or m.market_id > $1 order by m.market_id limit $2`, [after ?? null, limit]);
    return rows.map(toMarket);
  }

  /** Whether it was inserted: not when another market has its code. */
  async insert(tx: Queries, { marketId, code, name, operatorOrganizationId, timeZone, rules }: Market): Promise<boolean> {
    const inserted = await tx.query(
      `insert into markets (market_id, code, name, operator_organization_id, time_zone, currency, bid_unit, lot_open_ms, soft_close_window_ms, soft_close_extension_ms, hard_end_ms, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (code) do nothing returning market_id`,
      [marketId, code, name, operatorOrganizationId, timeZone, rules.currency, rules.bidUnit, rules.lotOpenMs, rules.softCloseWindowMs, rules.softCloseExtensionMs, rules.hardEndMs, rules.source],
    );
    if (inserted.length === 0) return false;
    await tx.query('insert into increment_bands (market_id, from_amount, increment) select $1, * from unnest($2::bigint[], $3::bigint[])', [
      marketId,
      rules.increments.map((band) => band.fromAmount),
      rules.increments.map((band) => band.increment),
    ]);
    await tx.query('insert into commission_caps (market_id, category, per_mille) select $1, * from unnest($2::text[], $3::integer[])', [
      marketId,
      rules.commissionCaps.map((cap) => cap.category),
      rules.commissionCaps.map((cap) => cap.perMille),
    ]);
    return true;
  }
}
