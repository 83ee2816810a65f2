import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import type { GoodsBody } from '../market-day/actions.js';

/** A trade unit as the stock ledger writes it: `10000 g`, `100 pieces`. */
export function unitOf({ base, size }: Pick<GoodsBody['tradeUnit'], 'base' | 'size'>): string {
  return `${size} ${base === BaseUnit.GRAM ? 'g' : 'pieces'}`;
}

/** The unit of what the shop sells. */
export const PIECE = '1 pieces';
