import type { Goods } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { eventsOf } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Occurred } from '@naru/platform/event';
import { lotOpened } from '../lot/lot.events.js';
import { type Lot, type OpenLot, evolve, openLot } from '../lot/lot.js';
import { saveOpened } from '../lot/lot.store.js';
import type { Market } from '../market/market.js';
import type { Writes } from '../queries.js';

/** Opens the listed lot that comes next, whose row is locked; gives it with the event to publish. `goods` are those of its consignment. */
export function openNext(tx: Writes, next: Lot, goods: ReadonlyMap<Id, Goods>, market: Market, now: Instant): { readonly lot: OpenLot; readonly event: Occurred } {
  const lot = eventsOf(openLot(next, market.rules, now)).reduce(evolve, next) as OpenLot;
  saveOpened(tx, lot);
  return { lot, event: lotOpened(lot, goods.get(lot.dossier.consignmentId)!, market) };
}
