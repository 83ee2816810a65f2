import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { Quantity, StockGoods, StockStatus } from '../stock/ledger.js';

/** What is known of the sale of a consignment, whatever came first. */
export interface SaleRow {
  readonly consignmentId: string;
  readonly lotId: string | null;
  readonly buyerId: string | null;
  readonly invoiceId: string | null;
  readonly passedAt: Instant | null;
  readonly freedAt: Instant | null;
  readonly unpaidCount: bigint;
  readonly unpaidGrams: bigint;
}

/** The goods of a consignment as they were received, and whose they are now. */
export interface ReceivedGoodsRow extends StockGoods, Quantity {
  readonly consignmentId: string;
  readonly receiptId: string;
  readonly centreId: string;
  readonly centreCode: string;
  readonly locationId: string | null;
  readonly status: StockStatus | null;
}

const SALE = `
  s.consignment_id as "consignmentId", s.lot_id as "lotId", s.buyer_organization_id as "buyerId", s.invoice_id as "invoiceId", s.passed_at as "passedAt",
  s.freed_at as "freedAt", s.unpaid_count as "unpaidCount", s.unpaid_grams as "unpaidGrams"`;
const GOODS = `
  r.consignment_id as "consignmentId", r.receipt_id as "receiptId", r.holder_organization_id as "ownerId", r.item_id as "itemId", r.batch, r.unit,
  r.counted as count, r.weighed_grams as grams, r.centre_id as "centreId", c.code as "centreCode", r.location_id as "locationId", r.stock_status as status`;

/** Sales of consignments and what they did to the goods. */
@Injectable()
export class OwnershipStore {
  /** Remembers the sale; the row is locked. A sale that is known stays as it is. */
  async sold(tx: Queries, consignmentId: string, lotId: string, buyerId: string, at: Instant): Promise<SaleRow> {
    const [row] = await tx.query<SaleRow>(
      `insert into consignment_sales as s (consignment_id, lot_id, buyer_organization_id, sold_at) values ($1, $2, $3, $4)
       on conflict (consignment_id) do update set lot_id = coalesce(s.lot_id, $2), buyer_organization_id = coalesce(s.buyer_organization_id, $3), sold_at = coalesce(s.sold_at, $4)
       returning ${SALE}`,
      [consignmentId, lotId, buyerId, date(at)],
    );
    return row!;
  }

  /** Remembers the payment of these consignments; the rows are locked in their order. */
  async paid(tx: Queries, consignmentIds: readonly string[], invoiceId: string, at: Instant): Promise<readonly SaleRow[]> {
    return tx.query<SaleRow>(
      `insert into consignment_sales as s (consignment_id, invoice_id, paid_at)
       select id, $2, $3 from unnest($1::uuid[]) as i (id) order by id
       on conflict (consignment_id) do update set invoice_id = coalesce(s.invoice_id, $2), paid_at = coalesce(s.paid_at, $3)
       returning ${SALE}`,
      [[...new Set(consignmentIds)], invoiceId, date(at)],
    );
  }

  /** The sale, locked. */
  async lock(tx: Queries, consignmentId: string): Promise<SaleRow | undefined> {
    const [row] = await tx.query<SaleRow>(`select ${SALE} from consignment_sales s where s.consignment_id = $1 for no key update`, [consignmentId]);
    return row;
  }

  /** What was taken in of a consignment, its receipt locked. */
  async lockReceived(tx: Queries, consignmentId: string): Promise<ReceivedGoodsRow | undefined> {
    const [row] = await tx.query<ReceivedGoodsRow>(
      `select ${GOODS} from receipts r join centres c using (centre_id) where r.consignment_id = $1 and r.phase <> 'refused' for no key update of r`,
      [consignmentId],
    );
    return row;
  }

  async received(tx: Queries, consignmentIds: readonly string[]): Promise<readonly ReceivedGoodsRow[]> {
    return tx.query<ReceivedGoodsRow>(`select ${GOODS} from receipts r join centres c using (centre_id) where r.consignment_id = any($1::uuid[]) and r.phase <> 'refused'`, [
      consignmentIds,
    ]);
  }

  /** The goods are the buyer's, in a batch of its own with the same dates. */
  pass(tx: Writes, { consignmentId, receiptId, ownerId, itemId, batch }: ReceivedGoodsRow, buyerId: string, unpaid: Quantity, at: Instant): void {
    tx.send(
      `insert into batches (owner_organization_id, item_id, batch, expires_on, first_received_at)
       select $1, item_id, batch, expires_on, first_received_at from batches where owner_organization_id = $2 and item_id = $3 and batch = $4
       on conflict do nothing`,
      [buyerId, ownerId, itemId, batch],
    );
    tx.send('update receipts set holder_organization_id = $2 where receipt_id = $1', [receiptId, buyerId]);
    tx.send('update consignment_sales set passed_at = $2, unpaid_count = $3, unpaid_grams = $4 where consignment_id = $1', [consignmentId, date(at), unpaid.count, unpaid.grams]);
  }

  free(tx: Writes, consignmentId: string, at: Instant): void {
    tx.send('update consignment_sales set freed_at = $2 where consignment_id = $1', [consignmentId, date(at)]);
  }

  /** How much of the owner's batch in the centre was bought and is not paid for. */
  async unpaid(tx: Queries, { ownerId, itemId, batch }: Pick<StockGoods, 'ownerId' | 'itemId' | 'batch'>, centreId: string): Promise<ReadonlyMap<string, bigint>> {
    const rows = await tx.query<{ unit: string; count: bigint }>(
      `select r.unit, sum(s.unpaid_count)::bigint as count from consignment_sales s join receipts r using (consignment_id)
        where s.buyer_organization_id = $1 and s.passed_at is not null and s.freed_at is null and r.item_id = $2 and r.batch = $3 and r.centre_id = $4 group by r.unit`,
      [ownerId, itemId, batch, centreId],
    );
    return new Map(rows.map((row) => [row.unit, row.count]));
  }
}
