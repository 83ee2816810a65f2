import type { TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { ChargeKind } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import type { Condition, Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import type { BusinessDay } from '@naru/kernel/instant';
import type { RowSource } from '../../importers/row.js';

/** A line of a notice of goods that come by road. Pieces. */
export interface NoticeLine {
  readonly line: number;
  readonly itemCode: string;
  readonly unit: string;
  readonly count: bigint;
  readonly batch: string;
}

/** What was found of it at the door. */
export interface CountedLine {
  readonly line: number;
  readonly counted: bigint;
  readonly weighedGrams: bigint;
  readonly scaleTicket: string;
  readonly condition: Condition;
  readonly batch: string;
  readonly disposition: Disposition;
}

export interface OrderLine {
  readonly line: number;
  /** As the order spells it. */
  readonly itemCode: string;
  readonly unit: string;
  readonly count: bigint;
  readonly unitPriceAmount: bigint;
  readonly currency: string;
}

/** What an order holds beside goods. */
export interface OrderCharge {
  readonly line: number;
  readonly code: string;
  readonly description: string;
  readonly quantity: bigint;
  readonly unitPriceAmount: bigint;
  readonly currency: string;
  readonly kind: ChargeKind;
  readonly reason: string;
}

export interface OrderBody {
  /** The merchant's own number: an order that is sent again is the same order. */
  readonly merchantReference: string;
  readonly customerReference: string;
  readonly country: string;
  readonly latitudeE6: number;
  readonly longitudeE6: number;
  readonly minRemainingLifeDays: number;
  readonly lines: readonly OrderLine[];
  readonly charges: readonly OrderCharge[];
  /** The row that it begins with; absent for what no file has. */
  readonly source?: RowSource;
}

/** A cancellation that names no order. */
export interface CancellationBody {
  readonly merchantReference: string;
  readonly customerReference: string;
  readonly lines: readonly { readonly line: number; readonly itemCode: string; readonly count: bigint }[];
  readonly source: RowSource;
}

export interface BoxTypeBody {
  readonly code: string;
  readonly innerLengthMm: number;
  readonly innerWidthMm: number;
  readonly innerHeightMm: number;
  readonly tareGrams: bigint;
  readonly maxGrams: bigint;
  readonly temperatureClasses: readonly TemperatureClass[];
}

/** A place where a picker finds one piece less than the task says. */
export interface ShortPick {
  readonly item: string;
  readonly reason: string;
}

/** What happens of a market day after the hammer. Centres, items, orders and parties go by the plan's keys. */
export type ShopStep =
  | { readonly kind: 'create-network'; readonly network: string; readonly centres: readonly string[]; readonly body: { readonly code: string; readonly name: string; readonly holdMs: bigint } }
  | { readonly kind: 'admit-merchant'; readonly network: string; readonly organization: string }
  | { readonly kind: 'create-box-types'; readonly boxTypes: readonly BoxTypeBody[] }
  | { readonly kind: 'announce-goods'; readonly notice: string; readonly centre: string; readonly merchantReference: string; readonly lines: readonly NoticeLine[] }
  | { readonly kind: 'receive-notice'; readonly appointment: string; readonly notice: string; readonly lines: readonly CountedLine[] }
  /** The lines that were taken; the centre chooses the places. */
  | { readonly kind: 'put-away-notice'; readonly notice: string; readonly lines: readonly number[] }
  /** Freight that the corporation has paid for a consignor's goods. Minor units. */
  | { readonly kind: 'record-advance'; readonly market: string; readonly consignments: readonly string[]; readonly amount: bigint; readonly reference: string }
  /** A payment of so many per cent of what the buyer's invoices of the day still ask for. */
  | { readonly kind: 'pay-invoices'; readonly market: string; readonly buyer: string; readonly perCent: number; readonly reference: string }
  /** Sends every payout of the day that is due. */
  | { readonly kind: 'send-payouts'; readonly market: string; readonly day: BusinessDay }
  /** The bank sends back what was paid out to a consignor. */
  | { readonly kind: 'bounce-payout'; readonly market: string; readonly consignor: string; readonly reason: string }
  | { readonly kind: 'resend-payout'; readonly market: string; readonly consignor: string }
  | { readonly kind: 'close-market-day'; readonly market: string; readonly day: BusinessDay }
  | { readonly kind: 'place-order'; readonly order: string; readonly network: string; readonly body: OrderBody }
  | { readonly kind: 'cancel-order'; readonly order: string }
  | { readonly kind: 'cancel-lines'; readonly network: string; readonly body: CancellationBody }
  | { readonly kind: 'write-off'; readonly centre: string; readonly owner: string; readonly item: string; readonly batch: string; readonly count: bigint; readonly reason: string; readonly source: RowSource }
  | { readonly kind: 'hold-stock'; readonly centre: string; readonly owner: string; readonly item: string; readonly batch: string; readonly reason: string }
  /** Everything that is reserved in the centre and in no wave yet. */
  | { readonly kind: 'release-wave'; readonly wave: string; readonly centre: string }
  | { readonly kind: 'pick-wave'; readonly wave: string; readonly short?: ShortPick }
  | { readonly kind: 'pack-wave'; readonly wave: string; readonly centre: string }
  | { readonly kind: 'stage-wave'; readonly wave: string; readonly centre: string; readonly door: string };

export type ShopKind = ShopStep['kind'];

/** Behind the actions of the market in the order of kinds, but what trucks are booked for; those that have only effects on what is there come last. */
export const SHOP_ORDER: Readonly<Record<ShopKind, number>> = {
  'create-network': 30, 'admit-merchant': 31, 'create-box-types': 32, 'announce-goods': 10.5, 'receive-notice': 34, 'put-away-notice': 35,
  'record-advance': 39, 'pay-invoices': 40, 'send-payouts': 41, 'bounce-payout': 42, 'resend-payout': 43, 'write-off': 50, 'place-order': 51, 'cancel-order': 52, 'cancel-lines': 53,
  'hold-stock': 60, 'release-wave': 61, 'pick-wave': 62, 'pack-wave': 63, 'stage-wave': 64, 'close-market-day': 70,
};

/** Steps that look at what is there and do what is left: once their time has passed they have nothing more to do, nor ids to give. */
export const WORKS_ON_WHAT_IS_THERE: ReadonlySet<string> = new Set<ShopKind>(['pay-invoices', 'send-payouts', 'bounce-payout', 'resend-payout', 'close-market-day', 'pick-wave', 'pack-wave', 'stage-wave']);
