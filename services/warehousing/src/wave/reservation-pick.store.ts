import { Injectable } from '@nestjs/common';
import type { Queries, Writes } from '../queries.js';

export interface PickedOfReservation {
  readonly reservationId: string;
  readonly orderId: string;
  readonly line: number;
  readonly count: bigint;
}

const KEY = 'owner_organization_id, item_id, batch, unit, centre_id';

/** What picking reads and changes of reservations and their lines. */
@Injectable()
export class ReservationPickStore {
  /** Locks what can be promised of the goods of these reservations, in the order of keys. */
  async lockPromisable(tx: Queries, reservationIds: readonly string[]): Promise<void> {
    if (reservationIds.length === 0) return;
    await tx.query(
      `select 1 from promisable_stock where (${KEY}) in (select ${KEY} from reservations where reservation_id = any($1::uuid[])) order by ${KEY} for no key update`,
      [reservationIds],
    );
  }

  /** What confirmed reservations still cover of goods that are not picked; locked in the order of their ids. */
  async lockCovered(tx: Queries, reservationIds: readonly string[]): Promise<Map<string, bigint>> {
    const rows = await tx.query<{ reservationId: string; covered: bigint }>(
      `select reservation_id as "reservationId", greatest(count - picked, 0) as covered from reservations
        where reservation_id = any($1::uuid[]) and phase = 'confirmed' order by reservation_id for no key update`,
      [reservationIds],
    );
    return new Map(rows.map(({ reservationId, covered }) => [reservationId, covered]));
  }

  /** Counts picked goods to their reservations and lines. */
  pick(tx: Writes, all: readonly PickedOfReservation[]): void {
    const picked = all.filter(({ count }) => count > 0n);
    if (picked.length === 0) return;
    tx.send(
      `update reservations r set picked = r.picked + p.count
         from (select id, sum(n)::bigint as count from unnest($1::uuid[], $2::bigint[]) as p (id, n) group by id) p where r.reservation_id = p.id`,
      [picked.map(({ reservationId }) => reservationId), picked.map(({ count }) => count)],
    );
    tx.send(
      `update order_lines l set picked = l.picked + p.count
         from (select id, line, sum(n)::bigint as count from unnest($1::uuid[], $2::integer[], $3::bigint[]) as p (id, line, n) group by id, line) p
        where l.order_id = p.id and l.line = p.line`,
      [picked.map(({ orderId }) => orderId), picked.map(({ line }) => line), picked.map(({ count }) => count)],
    );
  }
}
