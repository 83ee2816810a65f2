import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import type { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import type { Capability, LocationKind, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { ItemControl } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import type { Condition, Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import type { RowSource } from '../../importers/row.js';
import { SHOP_ORDER, type ShopStep } from '../shop/actions.js';
import type { Limits } from './limits.js';
import type { MarketDefinition } from './market.js';

/**
 * What must happen in a day, as data: a driver plays it through the public API. Things are named by keys of the plan (`f03`, `r042`); the driver
 * puts the ids that the API gave in their place. Amounts are minor units, times are instants, and the field names are those of the requests, so that a
 * body with its bigints as strings and its instants in RFC 3339 is the request's JSON (`request.spec.ts` holds them to the contract).
 */
interface Step {
  /** Idempotency key of the call: 1 to 64 printable characters, the same in every run. */
  readonly key: string;
  readonly at: Instant;
  /** Key of the organization whose client calls, or `PLATFORM`. */
  readonly by: string;
}

/** Idempotency key of a call from its parts: `market-day:2022-06-23:list:r042`. */
export type KeyOf = (...parts: readonly string[]) => string;

/** The platform operator's own client. */
export const PLATFORM = 'platform';

export interface GoodsBody {
  readonly itemCode: string;
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly origin: string;
  readonly category: Category;
  readonly tradeUnit: { readonly label: string; readonly base: BaseUnit; readonly size: bigint };
}

/** The person of a day who can sign in at the page. */
export function registerOperator(organization: string, at: Instant, key: KeyOf): Action {
  return { kind: 'register-user', key: key('user'), at, by: PLATFORM, organization, body: { login: 'market.operator', name: 'Market operator', roles: ['market-operator'] } };
}

/** One consignment of a batch; its lot has the same key. */
export interface ConsignmentRow {
  readonly consignment: string;
  readonly market: string;
  readonly goods: GoodsBody;
  readonly quantity: bigint;
  /** 0 for none. */
  readonly reservePriceAmount: bigint;
  readonly source: RowSource;
}

export interface ItemBody {
  readonly code: string;
  readonly name: string;
  readonly temperatureClass: TemperatureClass;
  readonly control: ItemControl;
  readonly catchWeight: boolean;
  readonly lengthMm?: number;
  readonly widthMm?: number;
  readonly heightMm?: number;
  /** Of one unit; goods of catch weight have none. */
  readonly unitGrams?: bigint;
  /** Whole days that the goods keep from their receipt. */
  readonly shelfLifeDays?: number;
}

export interface CentreBody {
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly capabilities: readonly Capability[];
  readonly zones: readonly {
    readonly code: string;
    readonly temperatureClass: TemperatureClass;
    readonly locations: readonly { readonly code: string; readonly kind: LocationKind; readonly capacityGrams: bigint }[];
  }[];
  readonly latitudeE6?: number;
  readonly longitudeE6?: number;
}

/** A call of the market: everything up to the hammer. */
export type MarketAction = Step &
  (
    | { readonly kind: 'register-organization'; readonly organization: string; readonly body: { readonly name: string; readonly kind: OrganizationKind } }
    | { readonly kind: 'declare-affiliation'; readonly organization: string; readonly affiliate: string }
    | { readonly kind: 'register-client'; readonly organization: string; readonly body: { readonly name: string; readonly roles: readonly string[] } }
    /** A person who signs in at the page, as a member of the organization. */
    | { readonly kind: 'register-user'; readonly organization: string; readonly body: { readonly login: string; readonly name: string; readonly roles: readonly string[] } }
    | { readonly kind: 'create-market'; readonly market: string; readonly body: MarketDefinition }
    | {
      readonly kind: 'admit-bidder';
      readonly market: string;
      readonly organization: string;
      readonly body: { readonly categories: readonly Category[]; readonly licensedUntil: Instant; readonly depositAmount: bigint; readonly creditAmount: bigint };
    }
    | { readonly kind: 'suspend-bidder'; readonly market: string; readonly organization: string }
    | { readonly kind: 'create-centre'; readonly centre: string; readonly body: CentreBody }
    | { readonly kind: 'create-items'; readonly items: readonly ItemBody[] }
    | { readonly kind: 'register-consignments'; readonly rows: readonly ConsignmentRow[] }
    | {
      readonly kind: 'book-appointment';
      readonly appointment: string;
      readonly centre: string;
      readonly vehicleRegistration: string;
      readonly windowStartsAt: Instant;
      readonly windowEndsAt: Instant;
      readonly consignments: readonly string[];
      /** Notices of goods that the truck brings beside them. */
      readonly notices?: readonly string[];
    }
    | { readonly kind: 'gate-in'; readonly appointment: string }
    /** `door` is a location's code. */
    | { readonly kind: 'call-to-door'; readonly appointment: string; readonly centre: string; readonly door: string }
    | {
      readonly kind: 'receive-line';
      readonly appointment: string;
      readonly consignment: string;
      /** Code of the item. */
      readonly item: string;
      readonly body: {
        readonly counted: bigint;
        readonly weighedGrams: bigint;
        readonly scaleTicket: string;
        readonly temperatureTenths?: number;
        readonly condition: Condition;
        readonly disposition: Disposition;
      };
    }
    | { readonly kind: 'finish-unloading'; readonly appointment: string }
    /** Without a location the centre chooses. */
    | { readonly kind: 'put-away'; readonly consignment: string; readonly centre: string; readonly location?: string }
    | { readonly kind: 'create-session'; readonly session: string; readonly market: string; readonly body: { readonly name: string; readonly businessDay: BusinessDay } }
    | { readonly kind: 'list-lot'; readonly consignment: string; readonly session: string; readonly startPriceAmount: bigint }
    | { readonly kind: 'start-session'; readonly session: string }
  );

/** A call of what goes on after it. */
export type ShopAction = Step & ShopStep;

export type Action = MarketAction | ShopAction;

export type ActionKind = Action['kind'];

export function isShopAction(action: Action): action is ShopAction {
  return action.kind in SHOP_ORDER;
}

/** Who and what there is before what is done with it. */
const ORDER: Readonly<Record<ActionKind, number>> = {
  'register-organization': 1, 'declare-affiliation': 2, 'register-client': 3, 'register-user': 4, 'create-market': 5, 'admit-bidder': 6, 'suspend-bidder': 7,
  'create-centre': 8, 'create-items': 9, 'register-consignments': 10, 'book-appointment': 11, 'gate-in': 12, 'call-to-door': 13,
  'receive-line': 14, 'put-away': 15, 'finish-unloading': 16, 'create-session': 17, 'list-lot': 18, 'start-session': 19, ...SHOP_ORDER,
};

/** Actions whose times no longer matter: each kind together, behind what it needs. */
export function inOrderOfKind(actions: readonly Action[]): readonly Action[] {
  return actions.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]);
}

/** Actions in order of time, those of one instant and kind together. */
export function inOrder(actions: readonly Action[]): readonly Action[] {
  return actions.toSorted((a, b) => a.at - b.at || ORDER[a.kind] - ORDER[b.kind]);
}

/** A bid is due a while after its lot has opened: when that is, only the market knows. */
export interface BidAction {
  readonly kind: 'place-bid';
  readonly key: string;
  readonly by: string;
  readonly consignment: string;
  readonly market: string;
  readonly afterOpeningMs: number;
  readonly limitAmount: bigint;
}

/** How a lot must come out. */
export type Outcome =
  | { readonly kind: 'sold'; readonly price: bigint; readonly winner: string; readonly limits: Limits }
  | { readonly kind: 'passed' };

export interface ExpectedLot {
  readonly consignment: string;
  readonly source: RowSource;
  readonly market: string;
  readonly session: string;
  /** Place in the session, from 1: the order of consignment. */
  readonly position: number;
  readonly goods: GoodsBody;
  /** Trade units announced. */
  readonly announced: bigint;
  /** Trade units for sale: what was counted at the door, be it less or more than announced. */
  readonly quantity: bigint;
  readonly finding: 'as expected' | 'short' | 'over' | 'damaged' | 'too-warm';
  readonly startPrice: bigint;
  readonly outcome: Outcome;
  /** When the lot opens if nothing takes time but the bidding. */
  readonly opensAt: Instant;
}

export interface Plan {
  /** `market-day`, `big-day`: begins every idempotency key. */
  readonly name: string;
  readonly day: BusinessDay;
  readonly timeZone: string;
  readonly currency: string;
  /** In order of time; those of one instant in the order in which they must be called. */
  readonly actions: readonly Action[];
  /** By lot in the order of the sessions, within a lot in order of time. */
  readonly bids: readonly BidAction[];
  readonly lots: readonly ExpectedLot[];
  /** Key of the network whose orders must stand at a door in the end; absent for a day that ends with the hammer. */
  readonly network?: string;
}
