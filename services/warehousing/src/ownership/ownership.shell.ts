import { Injectable } from '@nestjs/common';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { StockStore } from '../stock/stock.store.js';
import { freedFact, passedFact } from './ownership.events.js';
import { freeGoods, passGoods } from './ownership.js';
import { OwnershipStore, type ReceivedGoodsRow, type SaleRow } from './ownership.store.js';

/**
 * Goods change hands: at the hammer to the buyer, at the payment into what it may promise. Each happens once, whatever comes first and however often it is
 * told; a payment that comes before the sale is remembered, and so is a sale that comes before the goods.
 * Locks: the receipt, the sale, balances by key, what centres can promise.
 */
@Injectable()
export class Ownership {
  constructor(
    private readonly sales: OwnershipStore,
    private readonly stock: StockStore,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    private readonly context: ServiceContext,
  ) {}

  /** The lot is sold: its goods pass, if they are here. */
  async sold(tx: Transaction, consignmentId: string, lotId: string, buyerId: string, at: number): Promise<void> {
    const goods = await this.sales.lockReceived(tx, consignmentId);
    const sale = await this.sales.sold(tx, consignmentId, lotId, buyerId, at);
    if (goods) await this.#pass(tx, sale, goods);
  }

  /** The goods of a consignment that was sold already have come. */
  async came(tx: Transaction, consignmentId: string): Promise<void> {
    const goods = await this.sales.lockReceived(tx, consignmentId);
    const sale = await this.sales.lock(tx, consignmentId);
    if (goods && sale) await this.#pass(tx, sale, goods);
  }

  /** The invoice is paid: what has passed by it is free; what has not will be as soon as it passes. */
  async paid(tx: Transaction, consignmentIds: readonly string[], invoiceId: string, at: number): Promise<void> {
    const sales = new Map((await this.sales.paid(tx, consignmentIds, invoiceId, at)).map((sale) => [sale.consignmentId, sale]));
    const goods = await this.sales.received(tx, consignmentIds);
    for (const row of goods.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) await this.#free(tx, sales.get(row.consignmentId)!, row);
  }

  async #pass(tx: Transaction, sale: SaleRow, goods: ReceivedGoodsRow): Promise<void> {
    const { lotId, buyerId } = sale;
    if (lotId === null || buyerId === null || sale.passedAt !== null) return;
    const now = this.time.now();
    const lying = (await this.stock.lockBatch(tx, goods, goods.centreId)).filter((part) => part.goods.unit === goods.unit);
    const { lines, passed, unpaid } = passGoods(lying, goods, buyerId);
    if (lines.length > 0) await this.stock.post(tx, { centreId: goods.centreId, cause: 'sale', causeId: lotId, movedAt: now, lines });
    this.sales.pass(tx, goods, buyerId, unpaid, now);
    await this.outbox.publish(tx, [passedFact(goods, lotId, buyerId, passed, now)]);
    crashPoint('ownership.passed', this.context.config.crashAt);
    const after: SaleRow = { ...sale, passedAt: now, unpaidCount: unpaid.count, unpaidGrams: unpaid.grams };
    await this.#free(tx, after, { ...goods, ownerId: buyerId });
  }

  async #free(tx: Transaction, sale: SaleRow, goods: ReceivedGoodsRow): Promise<void> {
    const { buyerId, invoiceId } = sale;
    if (buyerId === null || invoiceId === null || sale.passedAt === null || sale.freedAt !== null) return;
    const now = this.time.now();
    const bought = { ...goods, ownerId: buyerId };
    const lying = (await this.stock.lockBatch(tx, bought, goods.centreId)).filter((part) => part.goods.unit === goods.unit);
    const { lines, passed } = freeGoods(lying, { count: sale.unpaidCount, grams: sale.unpaidGrams });
    if (lines.length > 0) await this.stock.post(tx, { centreId: goods.centreId, cause: 'payment', causeId: invoiceId, movedAt: now, lines });
    this.sales.free(tx, sale.consignmentId, now);
    await this.outbox.publish(tx, [freedFact(bought, invoiceId, buyerId, passed, now)]);
    crashPoint('ownership.freed', this.context.config.crashAt);
  }
}

function keyOf({ ownerId, itemId, batch }: ReceivedGoodsRow): string {
  return [ownerId, itemId, batch].join('/');
}
