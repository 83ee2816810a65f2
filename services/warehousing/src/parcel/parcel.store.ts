import { Injectable } from '@nestjs/common';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { TemperatureClass } from '../centre/temperature.js';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { Quantity, StockGoods } from '../stock/ledger.js';
import type { ParcelPhase } from './stage.js';

export interface ParcelRow {
  readonly unitId: string;
  readonly sscc: string;
  readonly code: string;
  readonly centreId: string;
  readonly locationId: string;
  readonly orderId: string;
  readonly orderCode: string;
  readonly boxTypeId: string | null;
  readonly temperatureClass: TemperatureClass;
  readonly grossGrams: bigint;
  readonly phase: ParcelPhase;
  readonly packedAt: Instant;
  readonly stagedAt: Instant | null;
}

export interface ContentRow extends Quantity {
  readonly unitId: string;
  readonly reservationId: string;
  readonly orderId: string;
  readonly line: number;
  readonly goods: StockGoods;
}

/** Picked goods of an order in a centre that are in no parcel. */
export interface PickedRow extends Quantity {
  readonly reservationId: string;
  readonly orderId: string;
  readonly line: number;
  readonly goods: StockGoods;
  readonly itemCode: string;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly unitGrams: bigint | null;
  readonly temperatureClass: TemperatureClass;
  readonly thisSideUp: boolean;
  readonly expiresOn: BusinessDay | null;
}

const PARCEL = `
  u.unit_id as "unitId", u.sscc, u.code, u.centre_id as "centreId", u.location_id as "locationId", u.order_id as "orderId", o.code as "orderCode",
  u.box_type_id as "boxTypeId", u.temperature_class as "temperatureClass", u.gross_grams as "grossGrams", u.phase, u.packed_at as "packedAt",
  u.staged_at as "stagedAt"`;

/** Parcels that the viewer may see: of its orders, or in its centres. */
const VISIBLE = '($3 or o.merchant_organization_id = $2 or c.operator_organization_id = $2)';

const FROM = 'from handling_units u join orders o using (order_id) join centres c on c.centre_id = u.centre_id';

@Injectable()
export class ParcelStore {
  constructor(private readonly database: Database) {}

  /** What is picked of the orders in the centre and not packed, by order, line and reservation. Locked in the order of ids, after the balances. */
  async picked(tx: Queries, centreId: string, orderIds: readonly string[], lock: '' | 'for no key update of r'): Promise<readonly PickedRow[]> {
    const rows = await tx.query<Omit<PickedRow, 'goods'> & StockGoods>(
      `select r.reservation_id as "reservationId", r.order_id as "orderId", r.line, r.owner_organization_id as "ownerId", r.item_id as "itemId", r.batch, r.unit,
              least(r.picked, r.count) - c.count as count, 
              -- Of goods that were picked and held since, the weight stays behind with them.
              case when t.count > c.count then (t.grams - c.grams) * (least(r.picked, r.count) - c.count) / (t.count - c.count) else 0 end as grams, i.code as "itemCode", i.length_mm as "lengthMm", i.width_mm as "widthMm",
              i.height_mm as "heightMm", i.unit_grams as "unitGrams", i.temperature_class as "temperatureClass", i.this_side_up as "thisSideUp",
              b.expires_on::text as "expiresOn"
         from reservations r join items i using (item_id) left join batches b using (owner_organization_id, item_id, batch)
         join lateral (select coalesce(sum(count), 0)::bigint as count, coalesce(sum(grams), 0)::bigint as grams from unit_contents c
                        where c.reservation_id = r.reservation_id and c.order_id = r.order_id and c.line = r.line) c on true
         join lateral (select coalesce(sum(picked), 0)::bigint as count, coalesce(sum(picked_grams), 0)::bigint as grams from pick_tasks t
                        where t.order_id = r.order_id and t.line = r.line and t.reservation_id = r.reservation_id) t on true
        where r.centre_id = $1 and r.order_id = any($2::uuid[]) and r.phase = 'confirmed' and r.picked > 0
        order by r.reservation_id ${lock}`,
      [centreId, orderIds],
    );
    return rows
      .filter(({ count }) => count > 0n)
      .map(({ ownerId, itemId, batch, unit, ...row }) => ({ ...row, goods: { ownerId, itemId, batch, unit } }))
      .sort((a, b) => (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : a.line - b.line || (a.reservationId < b.reservationId ? -1 : 1)));
  }

  /** How much of each of the goods stands packed in the location. Of all of them: a condition on goods would cost more than what it leaves out. */
  async packedAt(tx: Queries, locationId: string): Promise<readonly (Quantity & { readonly goods: StockGoods })[]> {
    const rows = await tx.query<StockGoods & Quantity>(
      `select c.owner_organization_id as "ownerId", c.item_id as "itemId", c.batch, r.unit, sum(c.count)::bigint as count, sum(c.grams)::bigint as grams
         from handling_units u join unit_contents c using (unit_id) join reservations r using (reservation_id)
        where u.location_id = $1
        group by 1, 2, 3, 4`,
      [locationId],
    );
    return rows.map(({ count, grams, ...each }) => ({ goods: each, count, grams }));
  }

  /** The first of `count` new serials under the prefix. Locked until the commit: draw it last. */
  async nextSerials(tx: Queries, prefix: string, count: number): Promise<bigint> {
    const [row] = await tx.query<{ last: bigint }>(
      `insert into sscc_counters (prefix, last_serial) values ($1, $2)
       on conflict (prefix) do update set last_serial = sscc_counters.last_serial + $2 returning last_serial as last`,
      [prefix, count],
    );
    return row!.last - BigInt(count) + 1n;
  }

  add(tx: Writes, units: readonly ParcelRow[], contents: readonly ContentRow[]): void {
    tx.send(
      `insert into handling_units (unit_id, sscc, code, kind, centre_id, location_id, order_id, box_type_id, temperature_class, gross_grams, phase, packed_at)
       select unit_id, sscc, code, 'parcel', centre_id, location_id, order_id, box_type_id, class, grams, 'packed', $10
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::bigint[])
           as u (unit_id, sscc, code, centre_id, location_id, order_id, box_type_id, class, grams)`,
      [
        units.map((u) => u.unitId),
        units.map((u) => u.sscc),
        units.map((u) => u.code),
        units.map((u) => u.centreId),
        units.map((u) => u.locationId),
        units.map((u) => u.orderId),
        units.map((u) => u.boxTypeId),
        units.map((u) => u.temperatureClass),
        units.map((u) => u.grossGrams),
        date(units[0]!.packedAt),
      ],
    );
    tx.send(
      `insert into unit_contents (unit_id, reservation_id, order_id, line, owner_organization_id, item_id, batch, count, grams)
       select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[], $9::bigint[])`,
      [
        contents.map((c) => c.unitId),
        contents.map((c) => c.reservationId),
        contents.map((c) => c.orderId),
        contents.map((c) => c.line),
        contents.map((c) => c.goods.ownerId),
        contents.map((c) => c.goods.itemId),
        contents.map((c) => c.goods.batch),
        contents.map((c) => c.count),
        contents.map((c) => c.grams),
      ],
    );
  }

  /** Counts contents to their order lines, as packed or as staged. */
  count(tx: Writes, column: 'packed' | 'staged', contents: readonly Pick<ContentRow, 'orderId' | 'line' | 'count'>[]): void {
    tx.send(
      `update order_lines l set ${column} = l.${column} + c.count
         from (select id, line, sum(n)::bigint as count from unnest($1::uuid[], $2::integer[], $3::bigint[]) as c (id, line, n) group by id, line) c
        where l.order_id = c.id and l.line = c.line`,
      [contents.map(({ orderId }) => orderId), contents.map(({ line }) => line), contents.map(({ count }) => count)],
    );
  }

  /** The orders of parcels in the centre. */
  async ordersOf(tx: Queries, centreId: string, unitIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ orderId: string }>(
      `select distinct order_id as "orderId" from handling_units where centre_id = $1 and unit_id = any($2::uuid[]) and kind = 'parcel'`,
      [centreId, unitIds],
    );
    return rows.map(({ orderId }) => orderId);
  }

  /** Parcels of the centre, locked in the order of their ids. */
  lock(tx: Queries, centreId: string, unitIds: readonly string[]): Promise<readonly ParcelRow[]> {
    return tx.query<ParcelRow>(
      `select ${PARCEL} from handling_units u join orders o using (order_id)
        where u.centre_id = $1 and u.unit_id = any($2::uuid[]) and u.kind = 'parcel' order by u.unit_id for no key update of u`,
      [centreId, unitIds],
    );
  }

  async contentsOf(tx: Queries, unitIds: readonly string[]): Promise<readonly ContentRow[]> {
    const rows = await tx.query<Omit<ContentRow, 'goods'> & StockGoods>(
      `select c.unit_id as "unitId", c.reservation_id as "reservationId", c.order_id as "orderId", c.line, c.owner_organization_id as "ownerId",
              c.item_id as "itemId", c.batch, r.unit, c.count, c.grams
         from unit_contents c join reservations r using (reservation_id) where c.unit_id = any($1::uuid[]) order by c.unit_id, c.line, c.reservation_id`,
      [unitIds],
    );
    return rows.map(({ ownerId, itemId, batch, unit, ...row }) => ({ ...row, goods: { ownerId, itemId, batch, unit } }));
  }

  stage(tx: Writes, unitIds: readonly string[], doorLocationId: string, at: Instant): void {
    tx.send(`update handling_units set phase = 'staged', location_id = $2, staged_at = $3 where unit_id = any($1::uuid[])`, [unitIds, doorLocationId, date(at)]);
  }

  /** The parcels of orders, by order and id. */
  ofOrders(tx: Queries, orderIds: readonly string[]): Promise<readonly Pick<ParcelRow, 'unitId' | 'orderId'>[]> {
    return tx.query(`select unit_id as "unitId", order_id as "orderId" from handling_units where order_id = any($1::uuid[]) and kind = 'parcel' order by order_id, unit_id`, [
      orderIds,
    ]);
  }

  async find(viewer: Viewer, unitId: string): Promise<ParcelRow | undefined> {
    const [parcel] = await this.database.query<ParcelRow>(`select ${PARCEL} ${FROM} where u.unit_id = $1 and ${VISIBLE}`, [
      unitId,
      viewer.organizationId,
      viewer.system,
    ]);
    return parcel;
  }

  /** Up to `limit` parcels after the id, of the viewer's orders or centres; of one order, or of all. */
  list(viewer: Viewer, orderId: string | undefined, after: string | undefined, limit: number): Promise<readonly ParcelRow[]> {
    return this.database.query<ParcelRow>(
      `select ${PARCEL} ${FROM} where u.unit_id > $1 and ${VISIBLE} and ($4::uuid is null or u.order_id = $4) order by u.unit_id limit $5`,
      [after ?? BEFORE_ALL, viewer.organizationId, viewer.system, orderId ?? null, limit],
    );
  }

  /** Parcels by their ids, in the order of these. */
  byIds(unitIds: readonly string[]): Promise<readonly ParcelRow[]> {
    return this.database.query<ParcelRow>(`select ${PARCEL} ${FROM} where u.unit_id = any($1::uuid[]) order by u.unit_id`, [unitIds]);
  }
}
