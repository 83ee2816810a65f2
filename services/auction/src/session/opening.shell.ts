import { eventsOf } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import type { Occurred } from '@naru/platform/event';
import { goodsOf } from '../consignment/consignment.store.js';
import { lotOpened } from '../lot/lot.events.js';
import { type Lot, type OpenLot, evolve, openLot } from '../lot/lot.js';
import { saveOpened } from '../lot/lot.store.js';
import type { Market } from '../market/market.js';
import type { Queries, Writes } from '../queries.js';

/** Opens the listed lot that comes next, whose row is locked; gives it with the event to publish. */
export async function openNext(tx: Queries & Writes, next: Lot, market: Market, now: Instant): Promise<{ readonly lot: OpenLot; readonly event: Occurred }> {
  const lot = eventsOf(openLot(next, market.rules, now)).reduce(evolve, next) as OpenLot;
  saveOpened(tx, lot);
  const { consignmentId } = lot.dossier;
  const goods = await goodsOf(tx, [consignmentId]);
  return { lot, event: lotOpened(lot, goods.get(consignmentId)!, market) };
}
