import { type Journal, timed } from './growing-journal.js';
import { inTurn, ourReservations } from './reserve-spread.js';
import { layReservingGround, PLENTY, UNIT } from './reserving-ground.js';
import type { Bench } from './row.js';

const ITEMS = 100;

/** Warehousing with so many reservations in its journal, most of them closed, and as many first answers. */
export async function reservationJournal(bench: Bench, rows: number): Promise<Journal> {
  const database = await (await bench.ground()).database();
  const ground = await layReservingGround(database);
  const items = await ground.stockItems(ITEMS, PLENTY);
  await database.query(
    `insert into warehousing.reservations (reservation_id, code, network_id, owner_organization_id, item_id, batch, unit, centre_id, count, asked, phase, expires_at, reserved_at, closed_at, closed_because)
     select gen_random_uuid(), 'OLD-' || n, $1, $2, ($3::uuid[])[1 + n % $4], 'B1', $5, (select centre_id from warehousing.centres), open, 1,
            case open when 1 then 'confirmed' else 'released' end, null, now(), case open when 1 then null else now() end, case open when 1 then null else 'RELEASED' end
       from generate_series(1, $6::int) n, lateral (select case n % 10 when 0 then 1 else 0 end as open) o`,
    [ground.networkId, ground.merchantId, items, ITEMS, UNIT, rows],
  );
  await database.query(
    `update warehousing.promisable_stock p set reserved = r.count from (select item_id, sum(count) as count from warehousing.reservations group by item_id) r where r.item_id = p.item_id`,
  );
  await database.query(
    `insert into warehousing.idempotency (organization_id, method, key, fingerprint, response)
     select $1, '/naru.warehousing.v1.ReservationService/CreateReservation', 'old-' || n, '\\x00', '\\x00' from generate_series(1, $2::int) n`,
    [ground.merchantId, rows],
  );
  await database.query('vacuum analyze');
  const ours = await ourReservations(database, ground);
  const reserve = inTurn(items, ours.reserveKeyed);
  return {
    call: () => timed(reserve),
    async stop() {
      await ours.stop();
      await database.drop();
    },
  };
}
