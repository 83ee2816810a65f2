import { Category, categoryFromJSON } from '@naru/contracts/gen/naru/auction/v1/market_service';

/** From this price upwards the increment holds. Minor units. */
export interface IncrementBand {
  readonly fromAmount: bigint;
  readonly increment: bigint;
}

/** The rules of a market, in the shape of `naru.auction.v1.MarketRules`. */
export interface MarketRules {
  readonly currency: string;
  readonly bidUnit: bigint;
  readonly increments: readonly IncrementBand[];
  readonly lotOpenMs: bigint;
  readonly softCloseWindowMs: bigint;
  readonly softCloseExtensionMs: bigint;
  readonly hardEndMs: bigint;
  readonly commissionCaps: readonly { readonly category: Category; readonly perMille: number }[];
  readonly source: string;
}

/** What a market charges and grants, in the shape of `naru.auction.v1.FeeSchedule`: rates per mille × 10, amounts in minor units. */
export interface MarketFees {
  readonly commissions: readonly { readonly category: Category; readonly rate: number; readonly flatAmount: bigint }[];
  readonly marketUseRate: number;
  readonly settlementRate: number;
  readonly handlingAmount: bigint;
  readonly salesIncentiveRate: number;
  readonly shippingIncentiveRate: number;
  readonly truncation: bigint;
  readonly paymentDays: number;
  readonly payoutWorkingDays: number;
  readonly holidays: readonly string[];
  readonly source: string;
}

/** A market as its scenario's `market.json` gives it. */
export interface MarketDefinition {
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly rules: MarketRules;
  /** Absent where nothing is charged. */
  readonly fees?: MarketFees;
}

/** What of `market.json` is used; 64-bit numbers are strings, as in the API. */
export interface MarketFile {
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly rules: {
    readonly currency: string;
    readonly bidUnit: string;
    readonly increments: readonly { readonly fromAmount: string; readonly increment: string }[];
    readonly lotOpenMs: string;
    readonly softCloseWindowMs: string;
    readonly softCloseExtensionMs: string;
    readonly hardEndMs: string;
    readonly commissionCaps: readonly { readonly category: string; readonly perMille: number }[];
    readonly source: string;
  };
  readonly fees?: Omit<MarketFees, 'commissions' | 'handlingAmount' | 'truncation'> & {
    readonly commissions: readonly { readonly category: string; readonly rate: number; readonly flatAmount: string }[];
    readonly handlingAmount: string;
    readonly truncation: string;
  };
}

/** The part of `market.json` that maps KAMIS classes to the categories of licences and caps. */
export interface KamisClasses {
  readonly classes: readonly { readonly class: string; readonly name: string; readonly category: string; readonly note: string }[];
  readonly items: readonly { readonly itemCode: string; readonly name: string; readonly category: string; readonly note: string }[];
}

export function readMarket({ code, name, timeZone, rules, fees }: MarketFile): MarketDefinition {
  return {
    code,
    name,
    timeZone,
    rules: {
      currency: rules.currency,
      bidUnit: BigInt(rules.bidUnit),
      increments: rules.increments.map((band) => ({ fromAmount: BigInt(band.fromAmount), increment: BigInt(band.increment) })),
      lotOpenMs: BigInt(rules.lotOpenMs),
      softCloseWindowMs: BigInt(rules.softCloseWindowMs),
      softCloseExtensionMs: BigInt(rules.softCloseExtensionMs),
      hardEndMs: BigInt(rules.hardEndMs),
      commissionCaps: rules.commissionCaps.map((cap) => ({ category: categoryFromJSON(cap.category), perMille: cap.perMille })),
      source: rules.source,
    },
    ...(fees ? { fees: readFees(fees) } : {}),
  };
}

function readFees(fees: NonNullable<MarketFile['fees']>): MarketFees {
  return {
    ...fees,
    commissions: fees.commissions.map(({ category, rate, flatAmount }) => ({ category: categoryFromJSON(category), rate, flatAmount: BigInt(flatAmount) })),
    handlingAmount: BigInt(fees.handlingAmount),
    truncation: BigInt(fees.truncation),
  };
}

/**
 * The category that a KAMIS item is sold in: its own where it is named, else its class's.
 * @throws RangeError for a code outside the classes, which the importer does not let through.
 */
export function categoryOfKamis(itemCode: string, { classes, items }: KamisClasses): Category {
  const found = items.find((item) => item.itemCode === itemCode) ?? classes.find((entry) => entry.class === itemCode[0]);
  if (!found) throw new RangeError(`no category for KAMIS item ${itemCode}`);
  return categoryFromJSON(found.category);
}
