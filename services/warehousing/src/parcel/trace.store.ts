import { Injectable } from '@nestjs/common';
import { Database } from '@naru/platform/database';
import { BEFORE_ALL, type Viewer } from '../queries.js';
import type { Quantity } from '../stock/ledger.js';
import type { Label } from './label.js';
import { type ParcelRow, ParcelStore } from './parcel.store.js';

export interface TracedContent extends Quantity {
  readonly line: number;
  readonly itemId: string;
  readonly itemCode: string;
  readonly batch: string;
  readonly origins: readonly { readonly receiptId: string; readonly receiptCode: string }[];
}

/**
 * The receipts that a batch of an owner came by (rule W8), as a condition on receipts `r` and contents `c`: those that it received, and those whose goods
 * were sold to it; goods that change hands keep their item and batch.
 */
export const CAME_BY = `
  r.item_id = c.item_id and r.batch = c.batch and r.phase <> 'refused' and c.owner_organization_id in (r.owner_organization_id, r.holder_organization_id)`;

/** Follows goods back to their receipts and forward to their parcels. */
@Injectable()
export class TraceStore {
  constructor(
    private readonly database: Database,
    private readonly parcels: ParcelStore,
  ) {}

  /** What is in a parcel and which receipts it came by. */
  contents(unitId: string): Promise<readonly TracedContent[]> {
    return this.database.query<TracedContent>(
      `select c.line, c.item_id as "itemId", i.code as "itemCode", c.batch, sum(c.count)::bigint as count, sum(c.grams)::bigint as grams,
              coalesce((select jsonb_agg(jsonb_build_object('receiptId', r.receipt_id, 'receiptCode', r.code) order by r.code)
                          from receipts r where ${CAME_BY}), '[]') as origins
         from unit_contents c join items i using (item_id) where c.unit_id = $1
        group by c.line, c.item_id, i.code, c.batch, c.owner_organization_id order by c.line, c.batch`,
      [unitId],
    );
  }

  /** Up to `limit` parcels after the id that hold goods of the receipt, of the viewer's orders or centres; nothing for a receipt that is not the viewer's to know. */
  async parcelsOf(viewer: Viewer, receiptId: string, after: string | undefined, limit: number): Promise<readonly ParcelRow[] | undefined> {
    const rows = await this.database.query<{ unitId: string }>(
      `select distinct u.unit_id as "unitId" from receipts r join unit_contents c on ${CAME_BY} join handling_units u using (unit_id)
         join orders o on o.order_id = u.order_id join centres s on s.centre_id = u.centre_id
        where r.receipt_id = $1 and u.unit_id > $4 and ($3 or o.merchant_organization_id = $2 or s.operator_organization_id = $2) order by 1 limit $5`,
      [receiptId, viewer.organizationId, viewer.system, after ?? BEFORE_ALL, limit],
    );
    if (rows.length > 0 || after !== undefined) return this.parcels.byIds(rows.map(({ unitId }) => unitId));
    const known = await this.database.query(
      `select 1 from receipts r join centres s using (centre_id)
        where r.receipt_id = $1 and ($3 or r.owner_organization_id = $2 or s.operator_organization_id = $2)`,
      [receiptId, viewer.organizationId, viewer.system],
    );
    return known.length > 0 ? [] : undefined;
  }

  /** What stands on the label of a parcel. Its number is its place among the parcels of the order in the centre. */
  async label(parcel: ParcelRow): Promise<Label> {
    const [row] = await this.database.query<Omit<Label, 'contained' | 'number' | 'of'> & { number: bigint; total: bigint; gtin: string | null; count: bigint | null }>(
      `select u.sscc, u.code, c.code as "fromCentre", c.name as "fromName", o.country as "toCountry", o.code as "orderCode",
              o.merchant_reference as "merchantReference", u.gross_grams as "grossGrams", u.temperature_class as "temperatureClass",
              (select count(*) from handling_units p where p.order_id = u.order_id and p.centre_id = u.centre_id and p.kind = 'parcel' and p.unit_id <= u.unit_id) as number,
              (select count(*) from handling_units p where p.order_id = u.order_id and p.centre_id = u.centre_id and p.kind = 'parcel') as total,
              one.gtin, one.count
         from handling_units u join orders o using (order_id) join centres c on c.centre_id = u.centre_id
         left join lateral (select min(i.gtin) as gtin, sum(k.count)::bigint as count from unit_contents k join items i using (item_id)
                             where k.unit_id = u.unit_id having count(distinct i.item_id) = 1) one on true
        where u.unit_id = $1`,
      [parcel.unitId],
    );
    const { number, total, gtin, count, ...label } = row!;
    return { ...label, number: Number(number), of: Number(total), contained: gtin && count ? { gtin, count } : undefined };
  }
}
