import { ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { BusinessDay } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import type { CommissionCap } from '../market/market.js';

/** Consignment commission of a category: `rate` per mille × 10 of the amount, `flatAmount` minor units per trade unit. */
export interface CommissionFee {
  readonly category: Category;
  readonly rate: number;
  readonly flatAmount: Minor;
}

/** Fees and terms of a market: one version of them. Rates per mille × 10, amounts in minor units. */
export interface FeeSchedule {
  readonly version: number;
  readonly effectiveFrom: BusinessDay;
  readonly commissions: readonly CommissionFee[];
  readonly marketUseRate: number;
  readonly settlementRate: number;
  readonly handlingAmount: Minor;
  readonly salesIncentiveRate: number;
  readonly shippingIncentiveRate: number;
  /** Every charge is rounded down to a multiple of it; ≥ 1. */
  readonly truncation: Minor;
  readonly paymentDays: number;
  readonly payoutWorkingDays: number;
  readonly holidays: readonly BusinessDay[];
  readonly source: string;
}

export const FIRST_DAY: BusinessDay = '0001-01-01';

/** Where a market has set nothing: nothing is charged, and an invoice is due after a week. */
export const NO_FEES: FeeSchedule = {
  version: 0,
  effectiveFrom: FIRST_DAY,
  commissions: [],
  marketUseRate: 0,
  settlementRate: 0,
  handlingAmount: 0n,
  salesIncentiveRate: 0,
  shippingIncentiveRate: 0,
  truncation: 1n,
  paymentDays: 7,
  payoutWorkingDays: 1,
  holidays: [],
  source: 'none',
};

/** One charge on a lot or on the whole document. */
export interface Charge {
  readonly kind: ChargeKind;
  readonly payer: Payer;
  readonly amount: Minor;
}

/** What the fees of a sold lot are reckoned from. */
export interface Chargeable {
  readonly amount: Minor;
  readonly quantity: bigint;
  readonly category: Category;
  /** Not packed to standard. */
  readonly loose: boolean;
  /** The legal cap on commission per mille, where the market's rules name one. */
  readonly capPerMille: number | undefined;
}

export interface FeesSet {
  readonly type: 'FeesSet';
  readonly fees: FeeSchedule;
}

/** Whether the commission of `fees` keeps the caps of a market. A category without a cap takes no commission. */
export function setFees(fees: FeeSchedule, caps: readonly CommissionCap[]): Decision<FeesSet> {
  for (const { category, rate, flatAmount } of fees.commissions) {
    const cap = caps.find((some) => some.category === category)?.perMille;
    if (cap === undefined ? rate > 0 || flatAmount > 0n : rate > cap * 10) return refuse('COMMISSION_ABOVE_CAP', { category, cap: cap === undefined ? '0' : `${cap} ‰` });
  }
  return accept([{ type: 'FeesSet', fees }]);
}

/** Sets fees from a later day than the last ones, which is still to come. */
export function reviseFees(fees: FeeSchedule, last: FeeSchedule, caps: readonly CommissionCap[], today: BusinessDay): Decision<FeesSet> {
  const latest = last.effectiveFrom > today ? last.effectiveFrom : today;
  if (fees.effectiveFrom <= latest) return refuse('FEES_NOT_LATER', { last: latest });
  return setFees({ ...fees, version: last.version + 1 }, caps);
}

/** floor(amount × rate), `rate` per mille × 10. */
function portion(amount: Minor, rate: number): Minor {
  return (amount * BigInt(rate)) / 10_000n;
}

/** The most that rate and flat part of the commission may be together: floor(amount × cap), so that the law's cap can never be exceeded (rule A9). */
export function commissionCap({ amount, capPerMille }: Pick<Chargeable, 'amount' | 'capPerMille'>): Minor {
  return (amount * BigInt(capPerMille ?? 0)) / 1_000n;
}

/** What is charged and granted on a sold lot, each with who bears it. The incentive to its buyer stands on the invoice: `salesIncentive`. */
export function chargesOn(lot: Chargeable, fees: FeeSchedule): readonly Charge[] {
  const { amount, quantity } = lot;
  const truncate = (charge: Minor): Minor => charge - (charge % fees.truncation);
  const commission = fees.commissions.find((some) => some.category === lot.category);
  const cap = commissionCap(lot);
  const byRate = truncate(min(portion(amount, commission?.rate ?? 0), cap));
  const flat = truncate(min((commission?.flatAmount ?? 0n) * quantity, cap - byRate));
  const handling = truncate(fees.handlingAmount * quantity);
  // the consignor of loose goods bears their handling as far as the price goes
  const handlingByConsignor = lot.loose ? min(handling, amount - byRate - flat) : 0n;
  return kept([
    { kind: ChargeKind.COMMISSION, payer: Payer.CONSIGNOR, amount: byRate },
    { kind: ChargeKind.COMMISSION_FLAT, payer: Payer.CONSIGNOR, amount: flat },
    { kind: ChargeKind.HANDLING, payer: Payer.CONSIGNOR, amount: handlingByConsignor },
    { kind: ChargeKind.HANDLING, payer: Payer.CORPORATION, amount: handling - handlingByConsignor },
    { kind: ChargeKind.MARKET_USE, payer: Payer.CORPORATION, amount: truncate(portion(amount, fees.marketUseRate)) },
    { kind: ChargeKind.SETTLEMENT, payer: Payer.CORPORATION, amount: truncate(portion(amount, fees.settlementRate)) },
    { kind: ChargeKind.SHIPPING_INCENTIVE, payer: Payer.CORPORATION, amount: truncate(portion(amount, fees.shippingIncentiveRate)) },
  ]);
}

/** What is granted to the buyer of a lot (판매장려금), at the corporation's expense. */
export function salesIncentive(amount: Minor, fees: FeeSchedule): readonly Charge[] {
  const incentive = portion(amount, fees.salesIncentiveRate);
  return kept([{ kind: ChargeKind.SALES_INCENTIVE, payer: Payer.CORPORATION, amount: incentive - (incentive % fees.truncation) }]);
}

function kept(charges: readonly Charge[]): readonly Charge[] {
  return charges.filter((charge) => charge.amount > 0n);
}

function min(a: Minor, b: Minor): Minor {
  return a < b ? a : b;
}
