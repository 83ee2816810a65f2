import { Injectable } from '@nestjs/common';
import { type BusinessDay, businessDayOf, type Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { nextCodes } from '../code-counter.js';
import type { Queries, Writes } from '../queries.js';
import { isUsable } from '../stock/expiry.js';
import type { StockGoods } from '../stock/ledger.js';

/** A count that a reservation no longer has. */
export interface GivenBack {
  readonly reservationId: string;
  readonly count: bigint;
}

/** A promise that stands for one that was given back. */
export interface PromisedAgain {
  readonly reservationId: string;
  readonly orderId: string;
  readonly line: number;
  readonly centreId: string;
  readonly goods: StockGoods;
  readonly count: bigint;
}

interface FreeStock extends StockGoods {
  readonly centreId: string;
  readonly timeZone: string;
  readonly expiresOn: BusinessDay | null;
  readonly free: bigint;
}

interface OpenLine {
  readonly orderId: string;
  readonly line: number;
  readonly networkId: string;
  readonly ownerId: string;
  readonly itemId: string;
  readonly unit: string;
  readonly backordered: bigint;
  readonly minRemainingLifeDays: number;
}

/** Moves the promises of lines from goods that cannot be picked to others. Locks in the order of the service: what can be promised, reservations, lines. */
@Injectable()
export class Repromise {
  constructor(private readonly ids: Ids) {}

  /** Takes counts away from reservations, picked goods last; their lines are backordered by as much. Call it before the goods leave the available ones. */
  async giveBack(tx: Queries & Writes, back: readonly GivenBack[], because: string, now: Instant): Promise<void> {
    if (back.length === 0) return;
    const counts = new Map<string, bigint>();
    for (const { reservationId, count } of back) counts.set(reservationId, (counts.get(reservationId) ?? 0n) + count);
    const parameters = [[...counts.keys()], [...counts.values()]];
    const given = 'unnest($1::uuid[], $2::bigint[]) as g (reservation_id, count)';
    const KEY = ['owner_organization_id', 'item_id', 'batch', 'unit', 'centre_id'];
    await tx.query(
      `select 1 from promisable_stock p
        where (${KEY.join(', ')}) in (select ${KEY.join(', ')} from reservations where reservation_id = any($1::uuid[]))
        order by ${KEY.join(', ')} for no key update`,
      [parameters[0]],
    );
    await tx.query('select 1 from reservations where reservation_id = any($1::uuid[]) order by reservation_id for no key update', [parameters[0]]);
    tx.send(
      `update promisable_stock p set reserved = p.reserved - s.count
         from (select ${KEY.map((c) => `r.${c}`).join(', ')}, sum(g.count)::bigint as count from reservations r join ${given} using (reservation_id)
                group by ${KEY.map((c) => `r.${c}`).join(', ')}) s
        where ${KEY.map((c) => `p.${c} = s.${c}`).join(' and ')}`,
      parameters,
    );
    tx.send(
      `update order_lines l set reserved = l.reserved - s.count, backordered = l.backordered + s.count, picked = l.picked - s.unpicked
         from (select r.order_id, r.line, sum(g.count)::bigint as count, sum(greatest(0, r.picked - (r.count - g.count)))::bigint as unpicked
                 from reservations r join ${given} using (reservation_id) group by r.order_id, r.line) s
        where l.order_id = s.order_id and l.line = s.line`,
      parameters,
    );
    tx.send(
      `update reservations r set count = r.count - g.count, picked = least(r.picked, r.count - g.count),
              phase = case when r.count = g.count then 'displaced' else r.phase end,
              closed_at = case when r.count = g.count then $3::timestamptz end,
              closed_because = case when r.count = g.count then $4 end
         from ${given} where r.reservation_id = g.reservation_id`,
      [...parameters, date(now), because],
    );
  }

  /** Promises what is backordered of the lines from whatever the network has: in the centre given first, then what expires first. */
  async promiseAgain(
    tx: Queries & Writes,
    centreId: string,
    lines: readonly { readonly orderId: string; readonly line: number }[],
    now: Instant,
  ): Promise<readonly PromisedAgain[]> {
    if (lines.length === 0) return [];
    const open = await tx.query<OpenLine>(
      `select l.order_id as "orderId", l.line, o.network_id as "networkId", o.merchant_organization_id as "ownerId", l.item_id as "itemId", l.unit,
              l.backordered, o.min_remaining_life_days as "minRemainingLifeDays"
         from order_lines l join orders o using (order_id)
        where (l.order_id, l.line) in (select * from unnest($1::uuid[], $2::integer[])) and l.backordered > 0 order by l.order_id, l.line`,
      [lines.map(({ orderId }) => orderId), lines.map(({ line }) => line)],
    );
    const promised: (PromisedAgain & { readonly networkId: string })[] = [];
    const taken = new Map<string, bigint>();
    for (const line of open) {
      const stock = await tx.query<FreeStock>(
        `select p.owner_organization_id as "ownerId", p.item_id as "itemId", p.batch, p.unit, p.centre_id as "centreId", c.time_zone as "timeZone",
                b.expires_on::text as "expiresOn", p.on_hand - p.reserved as free
           from promisable_stock p join centres c using (centre_id) left join batches b using (owner_organization_id, item_id, batch)
          where p.owner_organization_id = $1 and p.item_id = $2 and p.unit = $3 and p.on_hand > p.reserved
            and p.centre_id in (select centre_id from network_centres where network_id = $4)
          order by p.centre_id <> $5, b.expires_on nulls last, p.batch, p.centre_id for no key update of p`,
        [line.ownerId, line.itemId, line.unit, line.networkId, centreId],
      );
      let missing = line.backordered;
      for (const { centreId: at, timeZone, expiresOn, free, ...goods } of stock) {
        const key = JSON.stringify([goods, at]);
        const left = free - (taken.get(key) ?? 0n);
        if (missing === 0n || left <= 0n || !isUsable(expiresOn ?? undefined, businessDayOf(now, timeZone), line.minRemainingLifeDays)) continue;
        const count = left < missing ? left : missing;
        taken.set(key, (taken.get(key) ?? 0n) + count);
        missing -= count;
        promised.push({ reservationId: this.ids.next(), orderId: line.orderId, line: line.line, networkId: line.networkId, centreId: at, goods, count });
      }
    }
    if (promised.length > 0) await this.#write(tx, promised, now);
    return promised;
  }

  async #write(tx: Queries & Writes, promised: readonly (PromisedAgain & { readonly networkId: string })[], now: Instant): Promise<void> {
    const codes = await nextCodes(tx, 'RSV', businessDayOf(now, 'UTC'), promised.length);
    const goods = [
      promised.map((p) => p.goods.ownerId),
      promised.map((p) => p.goods.itemId),
      promised.map((p) => p.goods.batch),
      promised.map((p) => p.goods.unit),
      promised.map((p) => p.centreId),
      promised.map((p) => p.count),
    ];
    tx.send(
      `update promisable_stock p set reserved = p.reserved + s.count
         from (select o, i, b, u, c, sum(n)::bigint as count from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[]) as s (o, i, b, u, c, n)
                group by o, i, b, u, c) s
        where p.owner_organization_id = s.o and p.item_id = s.i and p.batch = s.b and p.unit = s.u and p.centre_id = s.c`,
      goods,
    );
    tx.send(
      `insert into reservations (owner_organization_id, item_id, batch, unit, centre_id, count, asked, reservation_id, code, network_id, order_id, line, phase, reserved_at)
       select o, i, b, u, c, n, n, r, code, network, order_id, line, 'confirmed', $7
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $8::uuid[], $9::text[], $10::uuid[], $11::uuid[], $12::integer[])
           as s (o, i, b, u, c, n, r, code, network, order_id, line)`,
      [
        ...goods,
        date(now),
        promised.map((p) => p.reservationId),
        codes,
        promised.map((p) => p.networkId),
        promised.map((p) => p.orderId),
        promised.map((p) => p.line),
      ],
    );
    tx.send(
      `update order_lines l set reserved = l.reserved + s.count, backordered = l.backordered - s.count
         from (select order_id, line, sum(n)::bigint as count from unnest($1::uuid[], $2::integer[], $3::bigint[]) as s (order_id, line, n) group by order_id, line) s
        where l.order_id = s.order_id and l.line = s.line`,
      [promised.map((p) => p.orderId), promised.map((p) => p.line), promised.map((p) => p.count)],
    );
  }
}
