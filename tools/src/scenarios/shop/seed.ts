import type { SeedCentre, SeedOrganization } from '../market-day/seed.js';

/** What the web shop's file and the real cartons lack, invented once: the shape of the committed `shop-seed.json`. Times are the market day's wall clock. */
export interface ShopSeed {
  readonly invented: true;
  readonly note: string;
  /** The number that everything was drawn from. */
  readonly number: number;
  /** The second merchant, whose goods come by road. */
  readonly shop: SeedOrganization;
  readonly network: { readonly code: string; readonly name: string; readonly holdMs: number };
  /** Buyers of the market day that sell on in the network what they have paid for. */
  readonly resellers: readonly string[];
  /** The second centre; it has the operator of the first. */
  readonly centre: Omit<SeedCentre, 'operator'>;
  /** What the first centre gets beside its zones: shelves for small goods, a packing station. */
  readonly zonesBeside: SeedCentre['zones'];
  /** Where the centres stand. */
  readonly positions: readonly SeedPosition<'centre'>[];
  /** Where the parcels of a country go: points in Korea, since the day is played there. */
  readonly countries: readonly SeedPosition<'country'>[];
  readonly boxTypes: readonly SeedBoxType[];
  /** Days that produce keeps from its receipt, by temperature class. */
  readonly shelfLifeDays: Readonly<Record<string, number>>;
  /** Outer millimetres of a trade unit of produce, by the most grams that such a one weighs. */
  readonly produceSizes: readonly { readonly upToGrams: number; readonly millimetres: readonly [number, number, number] }[];
  readonly money: SeedMoney;
  readonly incidents: SeedIncidents;
  readonly trucks: readonly SeedShopTruck[];
  readonly produceOrders: readonly SeedProduceOrder[];
  /** An item with the real carton that it is an inner pack of, and the grid that the carton is cut into: pieces along length, width and height. */
  readonly items: readonly (readonly [code: string, article: string, alongLength: number, alongWidth: number, alongHeight: number])[];
  /** The lines of the notices, truck by truck. `announced` 0 is a line that nobody announced. */
  readonly lines: readonly SeedLine[];
}

export type SeedPosition<K extends string> = Readonly<Record<K, string>> & { readonly place: string; readonly latitudeE6: number; readonly longitudeE6: number };

export interface SeedBoxType {
  readonly code: string;
  /** The real carton that it is; absent for load carriers. */
  readonly article?: string;
  /** Inner millimetres: a carton's, less its walls. */
  readonly inner: readonly [number, number, number];
  readonly tareGrams: number;
  readonly maxGrams: number;
  readonly temperatureClasses: readonly string[];
}

/** How the buyers pay, and how the corporation pays out. */
export interface SeedMoney {
  /** Freight that the corporation pays for a consignor. */
  readonly advance: { readonly consignor: string; readonly amount: number; readonly at: string; readonly reference: string };
  readonly paysAt: string;
  /** Pays half and the rest later. */
  readonly inTwoParts: { readonly buyer: string; readonly firstPerCent: number; readonly restAt: string };
  readonly late: { readonly buyer: string; readonly at: string };
  readonly never: { readonly buyer: string };
  readonly paysOutAt: string;
  /** The bank sends one payout back, and it is sent again. */
  readonly bounces: { readonly consignor: string; readonly at: string; readonly againAt: string };
  readonly closesAt: string;
}

export interface SeedIncidents {
  /** A batch that is put in question while a wave is out to pick it. */
  readonly hold: { readonly centre: string; readonly code: string; readonly batch: string; readonly at: string; readonly reason: string };
  /** A place where a picker finds one piece less than the books say. */
  readonly short: { readonly centre: string; readonly code: string; readonly wave: string; readonly reason: string };
  /** Where the shop takes the pieces from that its file writes off, by invoice. */
  readonly writeOffs: readonly { readonly invoice: string; readonly centre: string; readonly batch: string }[];
}

export interface SeedShopTruck {
  readonly key: string;
  readonly centre: string;
  /** The shop's own number of the notice. */
  readonly reference: string;
  readonly carrier: string;
  readonly vehicleRegistration: string;
  readonly windowStartsAt: string;
  readonly windowEndsAt: string;
  readonly gateInAt: string;
}

export type ShopFinding = 'as expected' | 'short' | 'over' | 'damaged' | 'wrong goods';
export type SeedLine = readonly [truck: string, code: string, batch: string, announced: number, counted: number, finding: ShopFinding];

/** An order for produce of the market day. */
export interface SeedProduceOrder {
  readonly reference: string;
  readonly at: string;
  /** The buyer that sells it on. */
  readonly merchant: string;
  readonly customer: string;
  /** Line of the row in the file of published prices: its goods are what is ordered. */
  readonly row: number;
  /** The item's code as the order spells it. */
  readonly code: string;
  /** Trade units. */
  readonly count: number;
  readonly unitPrice: number;
  readonly minRemainingLifeDays: number;
  readonly place: string;
  readonly latitudeE6: number;
  readonly longitudeE6: number;
  /** When the customer cancels all of it. */
  readonly cancelledAt?: string;
}
