import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import type { Transaction } from '@naru/platform/database';
import type { StockGoods } from '../stock/ledger.js';
import { type Because, Promising } from './promising.shell.js';
import { ReservationStore } from './reservation.store.js';

/** Moves promises away from goods that are about to leave the available ones. */
@Injectable()
export class Displacing {
  constructor(
    private readonly reservations: ReservationStore,
    private readonly promising: Promising,
  ) {}

  /**
   * Gives back up to `count` of what is promised of the goods in the centre: what is not picked first, of that the youngest; what stands in parcels stays.
   * Lines that lose get other goods at once where there are any, else they wait and say why. Call it before the goods are moved.
   */
  async displace(tx: Transaction, from: { readonly goods: StockGoods; readonly centreId: string }, count: bigint, because: Because, now: Instant): Promise<void> {
    let left = count;
    const back = (await this.reservations.openOf(tx, from.goods, from.centreId)).flatMap((reservation) => {
      const part = reservation.count < left ? reservation.count : left;
      left -= part;
      return part > 0n ? [{ reservationId: reservation.reservationId, count: part }] : [];
    });
    if (back.length === 0) return;
    const losses = await this.promising.giveBack(tx, back, 'displaced', because, now);
    await this.promising.tellBackordered(tx, losses, because, now);
    await this.promising.promiseWaiting(tx, [{ ownerId: from.goods.ownerId, itemId: from.goods.itemId }], now, because.why, from);
  }
}
