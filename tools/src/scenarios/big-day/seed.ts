/** What the published prices of the big day lack, as far as it is stored: the rest is drawn per row from `number` (`draw.ts`). */
export interface BigSeed {
  readonly invented: true;
  readonly note: string;
  readonly number: number;
  readonly day: string;
  /** Trade units of a row. */
  readonly quantity: Span;
  /** Start price in percent of the real one. */
  readonly startPercent: Span;
  /** Weighed against announced, thousandths. */
  readonly weighedPerMille: Span;
  readonly corporation: BigParty;
  readonly centreOperator: BigParty;
  readonly carrier: BigParty;
  readonly licensedUntil: string;
  readonly states: readonly BigState[];
}

export interface Span {
  readonly least: number;
  readonly most: number;
}

export interface BigParty {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
}

export interface BigState {
  readonly state: string;
  readonly code: string;
  readonly consignors: readonly BigParty[];
  /** Each market of the state admits two of them. */
  readonly bidders: readonly BigParty[];
  /** Of each bidder of the state, paise. */
  readonly depositAmount: number;
  readonly creditAmount: number;
  /** Locations of the state's centre by temperature class: how many, and what each holds. */
  readonly zones: readonly { readonly code: string; readonly temperatureClass: string; readonly locations: number; readonly capacityGrams: number }[];
  readonly doors: number;
  readonly doorGrams: number;
}
