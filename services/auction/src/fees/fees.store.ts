import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { Id } from '@naru/kernel/ids';
import type { BusinessDay } from '@naru/kernel/instant';
import type { Queries } from '../queries.js';
import { type FeeSchedule, NO_FEES } from './fees.js';

interface FeesRow extends Omit<FeeSchedule, 'commissions'> {
  readonly categories: readonly Category[];
  readonly rates: readonly number[];
  readonly flats: readonly string[];
}

const SELECT = `
  select version, to_char(effective_from, 'YYYY-MM-DD') as "effectiveFrom", commission_categories as categories, commission_rates as rates, commission_flats::text[] as flats,
    market_use_rate as "marketUseRate", settlement_rate as "settlementRate", handling_amount as "handlingAmount", sales_incentive_rate as "salesIncentiveRate",
    shipping_incentive_rate as "shippingIncentiveRate", truncation, payment_days as "paymentDays", payout_working_days as "payoutWorkingDays", holidays, source
  from fee_schedules`;

function toFees({ categories, rates, flats, ...row }: FeesRow): FeeSchedule {
  return { ...row, commissions: categories.map((category, i) => ({ category, rate: rates[i]!, flatAmount: BigInt(flats[i]!) })) };
}

/** The fees of a market in force on `day`. */
export async function feesOn(queries: Queries, marketId: Id, day: BusinessDay): Promise<FeeSchedule> {
  const [row] = await queries.query<FeesRow>(`${SELECT} where market_id = $1 and effective_from <= $2::date order by version desc limit 1`, [marketId, day]);
  return row ? toFees(row) : NO_FEES;
}

/** One version of the fees of a market. */
export async function feesOfVersion(queries: Queries, marketId: Id, version: number): Promise<FeeSchedule> {
  const [row] = await queries.query<FeesRow>(`${SELECT} where market_id = $1 and version = $2`, [marketId, version]);
  return row ? toFees(row) : NO_FEES;
}

/** The fees that were set last. */
export async function lastFees(queries: Queries, marketId: Id): Promise<FeeSchedule> {
  const [row] = await queries.query<FeesRow>(`${SELECT} where market_id = $1 order by version desc limit 1`, [marketId]);
  return row ? toFees(row) : NO_FEES;
}

/** Whether it was written: not when the version was set meanwhile. */
export async function insertFees(tx: Queries, marketId: Id, fees: FeeSchedule): Promise<boolean> {
  const rows = await tx.query(
    `insert into fee_schedules (market_id, version, effective_from, commission_categories, commission_rates, commission_flats, market_use_rate, settlement_rate, handling_amount,
       sales_incentive_rate, shipping_incentive_rate, truncation, payment_days, payout_working_days, holidays, source)
     values ($1, $2, $3::date, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing returning version`,
    [
      marketId,
      fees.version,
      fees.effectiveFrom,
      fees.commissions.map(({ category }) => category),
      fees.commissions.map(({ rate }) => rate),
      fees.commissions.map(({ flatAmount }) => flatAmount),
      fees.marketUseRate,
      fees.settlementRate,
      fees.handlingAmount,
      fees.salesIncentiveRate,
      fees.shippingIncentiveRate,
      fees.truncation,
      fees.paymentDays,
      fees.payoutWorkingDays,
      fees.holidays,
      fees.source,
    ],
  );
  return rows.length > 0;
}
