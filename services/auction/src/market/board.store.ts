import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import { type Minor, divideHalfEven } from '@naru/kernel/money';
import type { Queries } from '../queries.js';

/** What was sold of one item, variety, grade and trade unit on a day. Prices in minor units per trade unit. */
export interface BoardLine {
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly tradeUnit: string;
  readonly lots: bigint;
  readonly volume: bigint;
  /** Volume-weighted, half to even. */
  readonly averagePrice: Minor;
  readonly highPrice: Minor;
  readonly lowPrice: Minor;
}

export interface Board {
  readonly lotsSold: bigint;
  readonly lotsPassed: bigint;
  readonly asOf: Instant | undefined;
  readonly lines: readonly BoardLine[];
}

interface LineRow {
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly trade_unit: string;
  readonly lots: bigint;
  readonly volume: string;
  readonly amount: string;
  readonly high: bigint;
  readonly low: bigint;
}

const LINES = `
  select c.item, c.variety, c.grade, c.trade_unit_label as trade_unit,
    count(*) as lots, sum(h.quantity)::text as volume, sum(h.amount)::text as amount, max(h.price) as high, min(h.price) as low
  from hammers h join lots l using (lot_id) join consignments c using (consignment_id)
  where h.market_id = $1 and h.business_day = $2::date and h.reason is null
  group by 1, 2, 3, 4
  order by c.item collate "C", c.variety collate "C", c.grade collate "C", c.trade_unit_label collate "C"`;

const TOTALS = `
  select count(*) filter (where reason is null) as sold, count(*) filter (where reason is not null) as passed, max(hammered_at) as as_of
  from hammers where market_id = $1 and business_day = $2::date`;

/** The day's results of a market, added up from its hammers: prices always, persons never. */
export async function boardOf(queries: Queries, marketId: Id, day: BusinessDay): Promise<Board> {
  const [totals] = await queries.query<{ sold: bigint; passed: bigint; as_of: Instant | null }>(TOTALS, [marketId, day]);
  const rows = await queries.query<LineRow>(LINES, [marketId, day]);
  return {
    lotsSold: totals!.sold,
    lotsPassed: totals!.passed,
    asOf: totals!.as_of ?? undefined,
    lines: rows.map((row) => ({
      item: row.item,
      variety: row.variety,
      grade: row.grade,
      tradeUnit: row.trade_unit,
      lots: row.lots,
      volume: BigInt(row.volume),
      averagePrice: divideHalfEven(BigInt(row.amount), BigInt(row.volume)),
      highPrice: row.high,
      lowPrice: row.low,
    })),
  };
}
