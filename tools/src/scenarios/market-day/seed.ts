/** What the published prices lack, invented once: the shape of the committed `seed.json`. Amounts are minor units, times are the market's wall clock. */
export interface Seed {
  readonly invented: true;
  readonly note: string;
  /** The number that everything was drawn from. */
  readonly number: number;
  readonly day: string;
  readonly organizations: readonly SeedOrganization[];
  /** Pairs of organizations that are affiliates. */
  readonly affiliations: readonly (readonly [string, string])[];
  /** Role that the one client of an organization has, by organization. */
  readonly clients: readonly { readonly organization: string; readonly roles: readonly string[] }[];
  readonly corporation: string;
  readonly bidders: readonly SeedBidder[];
  readonly badDay: BadDay;
  readonly centre: SeedCentre;
  /** Grams of one piece, by KAMIS item code, where goods are sold by the piece. */
  readonly pieceGrams: Readonly<Record<string, number>>;
  readonly sessions: readonly SeedSession[];
  readonly trucks: readonly SeedTruck[];
  /** One per row of the file, in its order. */
  readonly rows: readonly SeedRow[];
}

export interface SeedOrganization {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly origin?: string;
}

export interface SeedBidder {
  readonly organization: string;
  readonly categories: readonly string[];
  readonly licensedUntil: string;
  readonly depositAmount: number;
  readonly creditAmount: number;
  readonly suspended?: true;
}

/** Who can be made to break a rule, for the tests of bad days. */
export interface BadDay {
  readonly suspended: string;
  readonly unlicensed: { readonly organization: string; readonly category: string };
  readonly affiliates: readonly { readonly bidder: string; readonly consignor: string }[];
  /** Admitted with a deposit that a single lot exceeds. */
  readonly smallLimit: string;
}

export interface SeedCentre {
  readonly operator: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly capabilities: readonly string[];
  readonly zones: readonly {
    readonly code: string;
    readonly temperatureClass: string;
    readonly locations: readonly { readonly code: string; readonly kind: string; readonly capacityGrams: number }[];
  }[];
}

export interface SeedSession {
  readonly key: string;
  readonly name: string;
  readonly startsAt: string;
}

export interface SeedTruck {
  readonly key: string;
  readonly consignor: string;
  readonly carrier: string;
  readonly vehicleRegistration: string;
  readonly windowStartsAt: string;
  readonly windowEndsAt: string;
  readonly gateInAt: string;
}

export interface SeedReceipt {
  /** How the line differs from the announcement; absent when it does not. */
  readonly finding?: 'short' | 'over' | 'damaged' | 'too-warm';
  /** Trade units. */
  readonly counted: number;
  readonly weighedGrams: number;
  readonly scaleTicket: string;
  readonly temperatureTenths?: number;
  readonly condition: string;
  readonly disposition: string;
}

export interface SeedRow {
  /** Line of the row in the file. */
  readonly line: number;
  readonly consignor: string;
  readonly session: string;
  /** Trade units announced. */
  readonly quantity: number;
  readonly origin: string;
  readonly startPrice: number;
  /** The consignor's written minimum; absent for none. */
  readonly reservePrice?: number;
  readonly receipt: SeedReceipt;
  /** Where the goods are put away; absent where the centre chooses. */
  readonly location?: string;
  /** In the order in which they are placed; none for a lot that passes. */
  readonly bids: readonly { readonly organization: string; readonly limit: number; readonly afterOpeningMs: number }[];
}
