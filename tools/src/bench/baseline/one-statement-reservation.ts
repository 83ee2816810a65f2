import pg from 'pg';
import { ReservationHeld } from '@naru/contracts/gen/naru/warehousing/v1/events';

/**
 * The baseline of spread reservations: one statement each, as a careful engineer writes it by hand with `pg`. The conditional update, the reservation and the
 * row that tells of it are one prepared statement and one round trip that commits by itself; the check constraint forbids overselling. It knows where the goods
 * lie and takes one batch: it neither chooses nor splits.
 */
export function poolOf(url: string, clients: number): pg.Pool {
  return new pg.Pool({ connectionString: url, max: clients, options: '-c search_path=warehousing' });
}

const RESERVE = {
  name: 'reserve',
  text: `
    with taken as (
      update promisable_stock set reserved = reserved + $5 where owner_organization_id = $1 and item_id = $2 and batch = $3 and unit = $4 and centre_id = $6 and on_hand - reserved >= $5
      returning 1
    ), reserved as (
      insert into reservations (reservation_id, code, network_id, owner_organization_id, item_id, batch, unit, centre_id, count, asked, phase, expires_at, reserved_at)
      select $7, $8, $9, $1, $2, $3, $4, $6, $5, $5, 'held', $10, $11 from taken returning 1
    )
    insert into outbox (event_id, type, key, payload, time, record_time) select $12, $13, $7::uuid::text, $14, $11, $11 from reserved`,
};

export interface ShopAtTheDoor {
  readonly pool: pg.Pool;
  readonly networkId: string;
  readonly ownerId: string;
  readonly centreId: string;
  readonly unit: string;
  readonly batch: string;
  readonly newId: () => string;
}

let codes = 0;
const HOLD_MS = 3_600_000;

/** Reserves one unit of the item; resolves once it is durable. @throws when nothing is left */
export async function reserveAlone({ pool, networkId, ownerId, centreId, unit, batch, newId }: ShopAtTheDoor, itemId: string): Promise<void> {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + HOLD_MS);
  const reservationId = newId();
  const code = `ALONE-${++codes}`;
  const payload = ReservationHeld.encode({ reservationId, code, ownerOrganizationId: ownerId, itemId, batch, unit, centreId, count: 1n, expiresAt }).finish();
  const values = [ownerId, itemId, batch, unit, 1, centreId, reservationId, code, networkId, expiresAt, now, newId(), ReservationHeld.$type, Buffer.from(payload)];
  const { rowCount } = await pool.query({ ...RESERVE, values });
  if (rowCount !== 1) throw new Error(`nothing is left of ${itemId}`);
}
