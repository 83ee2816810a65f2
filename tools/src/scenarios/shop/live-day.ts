import type { Plan } from '../market-day/actions.js';
import { readLiveDay, type LiveDay } from '../market-day/files.js';
import { planDay } from '../market-day/plan.js';
import { readShopDay, type ShopDay } from './files.js';
import { planWholeDay } from './plan.js';
import { soldGoods, type SoldGoods } from './produce.js';

export interface WholeDay {
  readonly market: LiveDay;
  readonly shop: ShopDay;
  readonly sold: readonly SoldGoods[];
  readonly plan: Plan;
}

/** The live day from its committed files: to the hammer, and on to the parcels at the door. */
export function readWholeDay(): WholeDay {
  const market = readLiveDay();
  const shop = readShopDay();
  const toHammer = planDay(market.parsed, market.seed, market);
  const sold = soldGoods(toHammer, market.parsed);
  return { market, shop, sold, plan: planWholeDay(toHammer, { shop, seed: market.seed, sold }) };
}
