import { Ids } from '@naru/platform/ids';
import type { TestDatabase } from '@naru/testing/test-database';
import { RESERVED } from '@naru/warehousing/reservation/reserved';

/** A network with a merchant whose goods last for ever, unless they are few on purpose. */
export interface ReservingGround {
  readonly networkId: string;
  readonly merchantId: string;
  /** New items of the merchant, with this many units of each in one batch of one centre. */
  stockItems(items: number, units: bigint): Promise<readonly string[]>;
}

export const UNIT = '1 pieces';
/** More than anybody reserves. */
export const PLENTY = 10n ** 12n;
const HOUR_MS = 3_600_000;

const ids = new Ids();

/** Lays the rows that a day would have laid: by SQL, because only reservations are measured. */
export async function layReservingGround(database: TestDatabase): Promise<ReservingGround> {
  const [networkId, centreId, operator, merchantId] = Array.from({ length: 4 }, () => ids.next()) as [string, string, string, string];
  await database.query(
    `insert into warehousing.centres (centre_id, code, name, operator_organization_id, time_zone, capabilities, opened_at) values ($1, 'BENCH', 'bench', $2, 'Asia/Seoul', array['ecommerce'], now())`,
    [centreId, operator],
  );
  await database.query(`insert into warehousing.networks (network_id, code, name, operator_organization_id, hold_ms, created_at) values ($1, 'BENCH', 'bench', $2, $3, now())`, [networkId, operator, HOUR_MS]);
  await database.query('insert into warehousing.network_centres values ($1, $2)', [networkId, centreId]);
  await database.query('insert into warehousing.network_merchants values ($1, $2, now())', [networkId, merchantId]);
  let codes = 0;
  return {
    networkId,
    merchantId,
    async stockItems(count, units) {
      const items = Array.from({ length: count }, () => ids.next());
      await database.query(
        `insert into warehousing.items (item_id, operator_organization_id, code, name, temperature_class, control, catch_weight, gtin)
         select id, $2, 'BENCH-' || ($3::int + place), 'bench', 'ambient', 'batch', false, '' from unnest($1::uuid[]) with ordinality i (id, place)`,
        [items, merchantId, codes],
      );
      codes += count;
      await database.query(`insert into warehousing.batches select $2, id, 'B1', current_date + 365, now() from unnest($1::uuid[]) id`, [items, merchantId]);
      await database.query(
        `insert into warehousing.promisable_stock (owner_organization_id, item_id, batch, unit, centre_id, on_hand) select $2, id, 'B1', $3, $4, $5 from unnest($1::uuid[]) id`,
        [items, merchantId, UNIT, centreId, units],
      );
      await database.query('vacuum analyze warehousing.items, warehousing.batches, warehousing.promisable_stock');
      return items;
    },
  };
}

/** Nothing is oversold, and what is reserved is what the reservations say (rule W3). @throws otherwise */
export async function verifyReservations(database: TestDatabase): Promise<void> {
  const [row] = await database.query<{ broken: string }>(`select count(*) filter (where broken) as broken from (${RESERVED}) rows`);
  if (row!.broken !== '0') throw new Error(`${row!.broken} batches have more or less reserved than was promised of them`);
}

/** Every accepted reservation of the items is in the journal, once. @throws otherwise */
export async function countReservations(database: TestDatabase, items: readonly string[], accepted: number): Promise<void> {
  const [row] = await database.query<{ rows: string; units: string }>('select count(*) as rows, coalesce(sum(count), 0) as units from warehousing.reservations where item_id = any($1::uuid[])', [items]);
  if (Number(row!.rows) !== accepted || Number(row!.units) !== accepted) throw new Error(`${accepted} reservations of one unit were answered, the journal has ${row!.rows} of ${row!.units} units`);
}

/** What a run leaves behind shall not be the next one's burden. */
export async function tidy(database: TestDatabase): Promise<void> {
  await database.query('vacuum analyze warehousing.promisable_stock, warehousing.promise_keys, warehousing.reservations, warehousing.outbox, warehousing.idempotency');
}
