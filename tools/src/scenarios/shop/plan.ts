import { ItemControl } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import { organizationKindFromJSON } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { instantOf, type Instant } from '@naru/kernel/instant';
import { inOrder, PLATFORM, type Action, type ItemBody, type KeyOf, type Plan } from '../market-day/actions.js';
import { CENTRE, MARKET, centreBody } from '../market-day/plan.js';
import type { Seed } from '../market-day/seed.js';
import type { ShopDay } from './files.js';
import { shopItems, type ShopItem } from './goods.js';
import { boxTypeBodies, bringGoods } from './plan-goods.js';
import { moveMoney } from './plan-money.js';
import { placeOrders } from './plan-orders.js';
import { releaseWaves } from './plan-waves.js';
import type { SoldGoods } from './produce.js';
import type { ShopSeed } from './seed.js';

const OWN_CENTRE = 'centre-2';
export const NETWORK = 'network';
/** Rows of one batch of items. */
const BATCH = 500;
const MINUTE = 60_000;
/** Where parcels stand until they are fetched: a door that no truck of the day is called to. */
const DOORS: readonly { readonly key: string; readonly door: string }[] = [{ key: CENTRE, door: 'D-06' }, { key: OWN_CENTRE, door: 'D-04' }];

export interface DayToGoOn {
  readonly shop: ShopDay;
  /** The seed of the market day. */
  readonly seed: Seed;
  readonly sold: readonly SoldGoods[];
}

/** The market day as it goes on after the hammer: paid, changed hands, ordered, and standing at the door as parcels. The same input gives the same plan. */
export function planWholeDay(plan: Plan, { shop, seed, sold }: DayToGoOn): Plan {
  const at = (time: string): Instant => instantOf(plan.day, time, plan.timeZone);
  const key: KeyOf = (...parts) => `${plan.name}:${plan.day}:${parts.join(':')}`;
  const begins = plan.actions[0]!.at;
  const { operator } = seed.centre;
  const items = shopItems(shop.orders.rows, shop.seed, shop.cartons);
  const shared = { seed: shop.seed, operator, at, key };
  const actions = [
    ...plan.actions.map((action) => furnished(action, shop.seed, seed, sold)),
    ...opening(shop.seed, items, operator, begins, key),
    ...bringGoods({ ...shared, items, announcesAt: begins + 10 * MINUTE }),
    ...moveMoney({ money: shop.seed.money, buyers: shop.seed.resellers, consignmentsOf: (consignor) => consignmentsOf(plan, consignor), corporation: seed.corporation, market: MARKET, day: plan.day, at, key }),
    ...placeOrders({ ...shared, orders: shop.orders, sold, network: NETWORK, currency: plan.currency }),
    ...releaseWaves({ ...shared, incidents: shop.seed.incidents, centres: DOORS, shop: shop.seed.shop.key }),
  ];
  return { ...plan, actions: inOrder(actions), network: NETWORK };
}

function consignmentsOf({ actions }: Plan, consignor: string): readonly string[] {
  return actions.flatMap((action) => (action.kind === 'register-consignments' && action.by === consignor ? action.rows.map(({ consignment }) => consignment) : []));
}

/** The market day's own calls with what the rest of the day needs of them: roles, sizes, shelves. */
function furnished(action: Action, shopSeed: ShopSeed, seed: Seed, sold: readonly SoldGoods[]): Action {
  switch (action.kind) {
    case 'register-client':
      if (!shopSeed.resellers.includes(action.organization)) return action;
      return { ...action, body: { ...action.body, roles: [...action.body.roles, 'merchant'] } };
    case 'create-centre':
      return { ...action, body: { ...action.body, zones: [...action.body.zones, ...centreBody({ ...shopSeed.centre, zones: shopSeed.zonesBeside }).zones], ...positionOf(action.centre, shopSeed) } };
    case 'create-items':
      return { ...action, items: action.items.map((item) => ({ ...item, ...produceSize(item, shopSeed, seed, sold) })) };
    default:
      return action;
  }
}

function positionOf(centre: string, { positions }: ShopSeed): { readonly latitudeE6: number; readonly longitudeE6: number } {
  const { latitudeE6, longitudeE6 } = positions.find((position) => position.centre === centre)!;
  return { latitudeE6, longitudeE6 };
}

/** What a trade unit of produce measures, by its weight, and how long it keeps; goods that nobody bought stay without. */
function produceSize({ code, catchWeight, temperatureClass }: ItemBody, { produceSizes, shelfLifeDays }: ShopSeed, { pieceGrams }: Seed, sold: readonly SoldGoods[]): Partial<ItemBody> {
  const unit = sold.find((goods) => goods.code === code)?.tradeUnit;
  if (!unit) return {};
  const grams = Number(unit.size) * (unit.base === BaseUnit.GRAM ? 1 : pieceGrams[code.split('-')[1]!]!);
  const [lengthMm, widthMm, heightMm] = produceSizes.find(({ upToGrams }) => grams <= upToGrams)!.millimetres;
  return { lengthMm, widthMm, heightMm, ...(catchWeight ? {} : { unitGrams: BigInt(grams) }), shelfLifeDays: shelfLifeDays[temperatureClass]! };
}

/** The shop, the second centre, the network of both, its merchants, boxes, and the shop's items. */
function opening(seed: ShopSeed, items: readonly ShopItem[], operator: string, at: Instant, key: KeyOf): readonly Action[] {
  const { shop, network, resellers } = seed;
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));
  return [
    { kind: 'register-organization', key: key('organization', shop.key), at, by: PLATFORM, organization: shop.key, body: { name: shop.name, kind: organizationKindFromJSON(shop.kind) } },
    { kind: 'register-client', key: key('client', shop.key), at, by: PLATFORM, organization: shop.key, body: { name: `${shop.key} market day`, roles: ['merchant'] } },
    { kind: 'create-centre', key: key('centre', OWN_CENTRE), at, by: operator, centre: OWN_CENTRE, body: { ...centreBody(seed.centre), ...positionOf(OWN_CENTRE, seed) } },
    { kind: 'create-network', key: key('network'), at, by: operator, network: NETWORK, centres: [CENTRE, OWN_CENTRE], body: { code: network.code, name: network.name, holdMs: BigInt(network.holdMs) } },
    ...[shop.key, ...resellers].map((organization): Action => ({ kind: 'admit-merchant', key: key('merchant', organization), at, by: operator, network: NETWORK, organization })),
    { kind: 'create-box-types', key: key('boxes'), at, by: operator, boxTypes: boxTypeBodies(seed) },
    ...batches.map((batch, i): Action => ({ kind: 'create-items', key: key('items', shop.key, String(i + 1)), at: at + MINUTE, by: shop.key, items: batch.map(itemBody) })),
  ];
}

function itemBody({ unitGrams, ...item }: ShopItem): ItemBody {
  return { ...item, unitGrams: BigInt(unitGrams), temperatureClass: TemperatureClass.AMBIENT, control: ItemControl.BATCH, catchWeight: false };
}
