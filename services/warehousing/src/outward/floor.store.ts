import { Injectable } from '@nestjs/common';
import { refused } from '@naru/kernel/decision';
import type { CentreRow } from '../centre/centre.store.js';
import type { Queries, Viewer, Writes } from '../queries.js';
import type { Quantity, StockGoods } from '../stock/ledger.js';
import { type OrderPhase, type OrderTotals, outwardPhase } from './order-phase.js';

/** Goods in one location. */
export interface GoodsAt {
  readonly goods: StockGoods;
  readonly locationId: string;
}

export interface OutwardOrder {
  readonly orderId: string;
  readonly code: string;
  readonly networkId: string;
  readonly merchantId: string;
  readonly merchantReference: string;
  readonly country: string;
  readonly minRemainingLifeDays: number;
  readonly phase: OrderPhase;
}

export type FloorCentre = Pick<CentreRow, 'centreId' | 'code' | 'name' | 'operatorId' | 'timeZone'>;

const ORDER = `
  o.order_id as "orderId", o.code, o.network_id as "networkId", o.merchant_organization_id as "merchantId", o.merchant_reference as "merchantReference",
  o.country, o.min_remaining_life_days as "minRemainingLifeDays", o.phase`;

/** A name for goods at a location, to look them up by. */
export function goodsAtKey({ goods, locationId }: GoodsAt): string {
  return JSON.stringify([goods.ownerId, goods.itemId, goods.batch, goods.unit, locationId]);
}

/** What the ways out of a centre share: its floor, its locks in their order, and how far its orders are. */
@Injectable()
export class FloorStore {
  /** The centre that the viewer operates; NOT_FOUND for others'. */
  async centre(tx: Queries, viewer: Viewer, centreId: string): Promise<FloorCentre> {
    const [centre] = await tx.query<FloorCentre>(
      `select centre_id as "centreId", code, name, operator_organization_id as "operatorId", time_zone as "timeZone" from centres
        where centre_id = $1 and ($3 or operator_organization_id = $2)`,
      [centreId, viewer.organizationId, viewer.system],
    );
    return centre ?? refused('NOT_FOUND');
  }

  /** Lets one at a time give out the goods of a centre's shelves: held until the commit, before every other lock. */
  async lockShelves(tx: Queries, centreId: string): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('shelves ' || $1, 0))`, [centreId]);
  }

  /** The packing station to which picked goods of the centre go: the first by its code. */
  async station(tx: Queries, centreId: string): Promise<string> {
    const [station] = await tx.query<{ locationId: string }>(
      `select location_id as "locationId" from locations where centre_id = $1 and kind = 'packing_station' order by code limit 1`,
      [centreId],
    );
    return station?.locationId ?? refused('NO_PACKING_STATION');
  }

  /** The dock door of the centre. */
  async door(tx: Queries, centreId: string, locationId: string): Promise<{ readonly locationId: string; readonly code: string } | undefined> {
    const [door] = await tx.query<{ locationId: string; code: string }>(
      `select location_id as "locationId", code from locations where centre_id = $1 and location_id = $2 and kind = 'dock_door'`,
      [centreId, locationId],
    );
    return door;
  }

  /** The orders, locked in the order of their ids. */
  lockOrders(tx: Queries, orderIds: readonly string[]): Promise<readonly OutwardOrder[]> {
    return tx.query<OutwardOrder>(`select ${ORDER} from orders o where o.order_id = any($1::uuid[]) order by o.order_id for no key update`, [orderIds]);
  }

  /** Locks locations, storage before stations and doors, as everything in the service does. */
  async lockLocations(tx: Queries, locationIds: readonly string[]): Promise<void> {
    await tx.query(
      `select 1 from locations where location_id = any($1::uuid[]) order by kind in ('dock_door', 'packing_station'), location_id for no key update`,
      [locationIds],
    );
  }

  /** Counts weight onto locations, or, where it is negative, off them. */
  shift(tx: Writes, grams: ReadonlyMap<string, bigint>): void {
    const changes = [...grams].filter(([, change]) => change !== 0n);
    tx.send(
      `update locations l set occupied_grams = l.occupied_grams + c.grams from unnest($1::uuid[], $2::bigint[]) as c (location_id, grams) where l.location_id = c.location_id`,
      [changes.map(([locationId]) => locationId), changes.map(([, change]) => change)],
    );
  }

  /** What is available of goods in locations of the centre, locked in the order of keys; by `goodsAtKey`. */
  async lockAvailable(tx: Queries, centreId: string, places: readonly GoodsAt[]): Promise<Map<string, Quantity>> {
    const rows = await tx.query<StockGoods & Quantity & { locationId: string }>(
      `select b.owner_organization_id as "ownerId", b.item_id as "itemId", b.batch, b.unit, b.location_id as "locationId", b.count, b.grams
         from stock_balances b
        where b.account = 'location' and b.status = 'available' and b.centre_id = $1
          and (b.owner_organization_id, b.item_id, b.batch, b.unit, b.location_id) in (select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[]))
        order by b.owner_organization_id, b.item_id, b.batch, b.unit, b.centre_id, b.account, b.location_id, b.status for no key update`,
      [
        centreId,
        places.map(({ goods }) => goods.ownerId),
        places.map(({ goods }) => goods.itemId),
        places.map(({ goods }) => goods.batch),
        places.map(({ goods }) => goods.unit),
        places.map(({ locationId }) => locationId),
      ],
    );
    return new Map(rows.map(({ locationId, count, grams, ...goods }) => [goodsAtKey({ goods, locationId }), { count, grams }]));
  }

  /** Brings the phases of orders up to what their lines say; answers those that changed, with the new one. */
  async advance(tx: Queries & Writes, orderIds: readonly string[]): Promise<readonly { readonly orderId: string; readonly phase: OrderPhase }[]> {
    const rows = await tx.query<OrderTotals & { orderId: string; phase: OrderPhase }>(
      `select o.order_id as "orderId", o.phase, l.*,
              (select count(*) from pick_tasks t where t.order_id = o.order_id and t.phase = 'ready') as "readyTasks"
         from orders o
         join lateral (select sum(reserved)::bigint as open, sum(picked - shipped)::bigint as picked, sum(packed - shipped)::bigint as packed,
                              sum(staged - shipped)::bigint as staged from order_lines l where l.order_id = o.order_id) l on true
        where o.order_id = any($1::uuid[])`,
      [orderIds],
    );
    const changed = rows.flatMap((row) => {
      const phase = outwardPhase(row.phase, row);
      return phase === row.phase ? [] : [{ orderId: row.orderId, phase }];
    });
    if (changed.length > 0)
      tx.send(`update orders o set phase = c.phase from unnest($1::uuid[], $2::text[]) as c (order_id, phase) where o.order_id = c.order_id`, [
        changed.map(({ orderId }) => orderId),
        changed.map(({ phase }) => phase),
      ]);
    return changed;
  }
}
