import { Injectable } from '@nestjs/common';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import { businessDayOf } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { StockGoods } from '../stock/ledger.js';
import type { FreeStock } from './allocate.js';

export type ReservationPhase = 'held' | 'confirmed' | 'released' | 'expired' | 'displaced' | 'shipped';

/** A promise of goods in one batch of one centre. */
export interface ReservationRow extends StockGoods {
  readonly reservationId: string;
  readonly code: string;
  readonly networkId: string;
  readonly centreId: string;
  readonly count: bigint;
  readonly asked: bigint;
  readonly picked: bigint;
  readonly orderId: string | null;
  readonly line: number | null;
  readonly phase: ReservationPhase;
  readonly expiresAt: Instant | null;
  readonly reservedAt: Instant;
  readonly closedAt: Instant | null;
  readonly closedBecause: string | null;
  /** The event that told of a shop's hold; a line's stand in the journal of its order. */
  readonly eventId: string | null;
}

/** Whose goods are asked for, and where. */
export interface PromiseKey {
  readonly networkId: string;
  readonly ownerId: string;
  readonly itemId: string;
}

/** Goods that may be promised, of which owner and item. */
export type ShelfStock = FreeStock & Pick<StockGoods, 'ownerId' | 'itemId' | 'unit'> & { readonly networkId: string };

/** A reservation that is open, locked, with what of it stands in parcels. */
export type OpenReservation = ReservationRow & { readonly packed: bigint };

/** How much a reservation loses, and what of its picked goods goes with it. */
export interface Loss {
  readonly reservation: OpenReservation;
  readonly count: bigint;
}

const KEY = ['owner_organization_id', 'item_id', 'batch', 'unit', 'centre_id'];
const ROW = `
  r.reservation_id as "reservationId", r.code, r.network_id as "networkId", r.owner_organization_id as "ownerId", r.item_id as "itemId", r.batch, r.unit,
  r.centre_id as "centreId", r.count, r.asked, r.picked, r.order_id as "orderId", r.line, r.phase, r.expires_at as "expiresAt", r.reserved_at as "reservedAt",
  r.closed_at as "closedAt", r.closed_because as "closedBecause", r.event_id as "eventId"`;
/** Parameters 1 and 2 are the viewer's. */
const SEEN = `($2 or r.owner_organization_id = $1 or exists (select 1 from networks n where n.network_id = r.network_id and n.operator_organization_id = $1))`;

const LOCK_GOODS = `
  select network_id as "networkId", owner_id as "ownerId", item_id as "itemId", batch, unit, centre_id as "centreId", free, expires_on as "expiresOn"
    from lock_goods($1::uuid[], $2::uuid[], $3::uuid[])`;

type ItemKey = Omit<PromiseKey, 'networkId'>;

/** Keys that are remembered to be there. */
const MOST_KEYS = 100_000;

function keyOf({ ownerId, itemId }: ItemKey): string {
  return `${ownerId} ${itemId}`;
}

@Injectable()
export class ReservationStore {
  /** Keys that are committed: none is ever taken away. Only with all of them there may goods be locked in the same journey: keys come before goods. */
  readonly #keys = new Set<string>();
  /** By centre: they never change. */
  readonly #zones = new Map<string, string>();

  constructor(private readonly database: Database) {}

  /**
   * What may be promised of these keys, locked until the commit: the keys in their order, then the goods in theirs. Whoever else promises of one of the keys
   * has ended before, or waits.
   */
  async lockShelf(tx: Queries, keys: readonly PromiseKey[], now: Instant): Promise<readonly ShelfStock[]> {
    if (!keys.every((key) => this.#keys.has(keyOf(key)))) {
      await this.lockKeys(tx, keys);
      return this.lockGoods(tx, keys, now);
    }
    const locking = this.#lock(tx, keys); // one journey for both
    const reading = this.lockGoods(tx, keys, now);
    reading.catch(() => {}); // says no more than that the other failed
    await locking;
    return reading;
  }

  /** What may be promised of these keys, the goods alone locked, in their order: for promises that leave nothing waiting. */
  async lockGoods(tx: Queries, keys: readonly PromiseKey[], now: Instant): Promise<readonly ShelfStock[]> {
    const unique = [...new Map(keys.map((key) => [`${key.networkId} ${keyOf(key)}`, key])).values()];
    const rows = await tx.query<Omit<ShelfStock, 'today' | 'expiresOn'> & { readonly expiresOn: BusinessDay | null }>(LOCK_GOODS, [
      unique.map((k) => k.networkId),
      unique.map((k) => k.ownerId),
      unique.map((k) => k.itemId),
    ]);
    const dayOf = await this.#daysOf(tx, rows, now);
    return rows.map(({ expiresOn, ...stock }) => ({ ...stock, expiresOn: expiresOn ?? undefined, today: dayOf(stock.centreId) }));
  }

  /** The business days of the centres of these goods. */
  async #daysOf(tx: Queries, goods: readonly { readonly centreId: string }[], now: Instant): Promise<(centreId: string) => BusinessDay> {
    const unknown = [...new Set(goods.map(({ centreId }) => centreId))].filter((centreId) => !this.#zones.has(centreId));
    if (unknown.length > 0) {
      const rows = await tx.query<{ centreId: string; timeZone: string }>(`select centre_id as "centreId", time_zone as "timeZone" from centres where centre_id = any($1::uuid[])`, [unknown]);
      for (const { centreId, timeZone } of rows) this.#zones.set(centreId, timeZone);
    }
    const days = new Map<string, BusinessDay>();
    return (centreId) => {
      const zone = this.#zones.get(centreId)!;
      const day = days.get(zone) ?? businessDayOf(now, zone);
      days.set(zone, day);
      return day;
    };
  }

  /** Holds the keys until the commit, in their order. */
  async lockKeys(tx: Queries, keys: readonly ItemKey[]): Promise<void> {
    if (await this.#lock(tx, keys)) {
      if (this.#keys.size > MOST_KEYS) this.#keys.clear();
      for (const key of keys) this.#keys.add(keyOf(key));
      return;
    }
    await tx.query(
      `insert into promise_keys (owner_organization_id, item_id) select distinct o, i from unnest($1::uuid[], $2::uuid[]) as k (o, i) order by o, i on conflict do nothing`,
      [keys.map((k) => k.ownerId), keys.map((k) => k.itemId)],
    );
    await this.#lock(tx, keys);
  }

  /** Whether all of the keys were there to be locked. */
  async #lock(tx: Queries, keys: readonly ItemKey[]): Promise<boolean> {
    const rows = await tx.query(
      `select 1 from promise_keys where (owner_organization_id, item_id) in (select * from unnest($1::uuid[], $2::uuid[]))
        order by owner_organization_id, item_id for no key update`,
      [keys.map((k) => k.ownerId), keys.map((k) => k.itemId)],
    );
    return rows.length === new Set(keys.map(keyOf)).size;
  }

  /** Writes new promises: the goods they take, and their rows. Their lines are the caller's. */
  add(tx: Writes, reservations: readonly ReservationRow[]): void {
    if (reservations.length === 0) return;
    const goods = [
      reservations.map((r) => r.ownerId),
      reservations.map((r) => r.itemId),
      reservations.map((r) => r.batch),
      reservations.map((r) => r.unit),
      reservations.map((r) => r.centreId),
      reservations.map((r) => r.count),
    ];
    tx.send(
      `update promisable_stock p set reserved = p.reserved + s.count
         from (select o, i, b, u, c, sum(n)::bigint as count from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[]) as s (o, i, b, u, c, n)
                group by o, i, b, u, c) s
        where p.owner_organization_id = s.o and p.item_id = s.i and p.batch = s.b and p.unit = s.u and p.centre_id = s.c`,
      goods,
    );
    tx.send(
      `insert into reservations
         (owner_organization_id, item_id, batch, unit, centre_id, count, asked, reservation_id, code, network_id, order_id, line, phase, expires_at, reserved_at, event_id)
       select o, i, b, u, c, n, n, r, code, network, order_id, line, phase, to_timestamp(expires / 1000), to_timestamp(reserved / 1000), event
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::uuid[], $8::text[], $9::uuid[], $10::uuid[], $11::integer[],
                     $12::text[], $13::float8[], $14::float8[], $15::uuid[]) as s (o, i, b, u, c, n, r, code, network, order_id, line, phase, expires, reserved, event)`,
      [
        ...goods,
        reservations.map((r) => r.reservationId),
        reservations.map((r) => r.code),
        reservations.map((r) => r.networkId),
        reservations.map((r) => r.orderId),
        reservations.map((r) => r.line),
        reservations.map((r) => r.phase),
        reservations.map((r) => r.expiresAt),
        reservations.map((r) => r.reservedAt),
        reservations.map((r) => r.eventId),
      ],
    );
  }

  /** The reservations of these that are open, locked in the order of their ids, behind their goods in the order of keys. */
  async lockOpen(tx: Queries, reservationIds: readonly string[]): Promise<readonly OpenReservation[]> {
    if (reservationIds.length === 0) return [];
    await tx.query(
      `select 1 from promisable_stock where (${KEY.join(', ')}) in (select ${KEY.join(', ')} from reservations where reservation_id = any($1::uuid[]))
        order by ${KEY.join(', ')} for no key update`,
      [reservationIds],
    );
    await tx.query('select 1 from reservations where reservation_id = any($1::uuid[]) order by reservation_id for no key update', [reservationIds]);
    return tx.query<OpenReservation>(
      `select ${ROW}, coalesce((select sum(u.count) from unit_contents u where u.reservation_id = r.reservation_id), 0)::bigint as packed
         from reservations r where r.reservation_id = any($1::uuid[]) and r.count > 0 order by r.reservation_id`,
      [reservationIds],
    );
  }

  /** Takes counts away from open, locked reservations. One that has nothing left is closed. */
  take(tx: Writes, losses: readonly Loss[], phase: Exclude<ReservationPhase, 'held' | 'confirmed'>, because: string, now: Instant): void {
    if (losses.length === 0) return;
    tx.send(
      `update promisable_stock p set reserved = p.reserved - s.count
         from (select ${KEY.map((c) => `r.${c}`).join(', ')}, sum(g.count)::bigint as count
                 from reservations r join unnest($1::uuid[], $2::bigint[]) as g (reservation_id, count) using (reservation_id)
                group by ${KEY.map((c) => `r.${c}`).join(', ')}) s
        where ${KEY.map((c) => `p.${c} = s.${c}`).join(' and ')}`,
      [losses.map((l) => l.reservation.reservationId), losses.map((l) => l.count)],
    );
    tx.send(
      `update reservations r set count = r.count - g.count, picked = least(r.picked, case when r.count = g.count then 0 else r.count - g.count end),
              phase = case when r.count = g.count then $3 else r.phase end,
              closed_at = case when r.count = g.count then $4::timestamptz end,
              closed_because = case when r.count = g.count then $5 end
         from unnest($1::uuid[], $2::bigint[]) as g (reservation_id, count) where r.reservation_id = g.reservation_id`,
      [losses.map((l) => l.reservation.reservationId), losses.map((l) => l.count), phase, date(now), because],
    );
  }

  /** Remembers the events that told of the ends of holds. */
  closedBy(tx: Writes, ends: readonly { readonly reservationId: string; readonly eventId: string }[]): void {
    if (ends.length === 0) return;
    tx.send('update reservations r set closed_event_id = e.event_id from unnest($1::uuid[], $2::uuid[]) as e (reservation_id, event_id) where r.reservation_id = e.reservation_id', [
      ends.map((end) => end.reservationId),
      ends.map((end) => end.eventId),
    ]);
  }

  async confirm(tx: Queries, reservationId: string): Promise<ReservationRow> {
    const [row] = await tx.query<ReservationRow>(`update reservations r set phase = 'confirmed', expires_at = null where reservation_id = $1 returning ${ROW}`, [reservationId]);
    return row!;
  }

  /** The open reservations of goods in a centre, without a lock: unpicked ones first, of these the youngest. */
  openOf(tx: Queries, { ownerId, itemId, batch, unit }: StockGoods, centreId: string): Promise<readonly ReservationRow[]> {
    return tx.query<ReservationRow>(
      `select ${ROW} from reservations r
        where r.owner_organization_id = $1 and r.item_id = $2 and r.batch = $3 and r.unit = $4 and r.centre_id = $5 and r.count > 0
        order by r.picked > 0, r.reserved_at desc, r.reservation_id desc`,
      [ownerId, itemId, batch, unit, centreId],
    );
  }

  async byId(tx: Queries, reservationId: string): Promise<ReservationRow | undefined> {
    const [row] = await tx.query<ReservationRow>(`select ${ROW} from reservations r where r.reservation_id = $1`, [reservationId]);
    return row;
  }

  async find(queries: Queries, viewer: Viewer, reservationId: string): Promise<ReservationRow | undefined> {
    const [row] = await queries.query<ReservationRow>(`select ${ROW} from reservations r where r.reservation_id = $3 and ${SEEN}`, [
      viewer.organizationId,
      viewer.system,
      reservationId,
    ]);
    return row;
  }

  get(viewer: Viewer, reservationId: string): Promise<ReservationRow | undefined> {
    return this.find(this.database, viewer, reservationId);
  }

  list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly ReservationRow[]> {
    return this.database.query<ReservationRow>(`select ${ROW} from reservations r where r.reservation_id > $3 and ${SEEN} order by r.reservation_id limit $4`, [
      viewer.organizationId,
      viewer.system,
      after ?? BEFORE_ALL,
      limit,
    ]);
  }

  ofOrders(queries: Queries, orderIds: readonly string[]): Promise<readonly ReservationRow[]> {
    return queries.query<ReservationRow>(`select ${ROW} from reservations r where r.order_id = any($1::uuid[]) order by r.order_id, r.line, r.reservation_id`, [orderIds]);
  }

  /** Ids of holds whose time is over at `now`. */
  async due(queries: Queries, now: Instant, limit: number): Promise<readonly string[]> {
    const rows = await queries.query<{ id: string }>(`select reservation_id as id from reservations where phase = 'held' and expires_at <= $1 order by expires_at limit $2`, [
      date(now),
      limit,
    ]);
    return rows.map(({ id }) => id);
  }

  /** When the next hold ends. */
  async nextExpiry(): Promise<Instant | undefined> {
    const [row] = await this.database.query<{ at: Instant | null }>(`select min(expires_at) as at from reservations where phase = 'held'`);
    return row?.at ?? undefined;
  }
}
