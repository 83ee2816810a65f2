import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused } from '@naru/kernel/decision';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { balanceKey, type Balances, post, type StockGoods, type StockLine, type StockPlace, type StockStatus, transfer } from '../stock/ledger.js';
import { StockStore, type StockRow } from '../stock/stock.store.js';
import { MORNING, Scene } from './scene.js';

let scene: Scene;
let database: Database;
let store: StockStore;
let centreId: string;
let itemId: string;
let locationIds: readonly string[];

beforeAll(async () => {
  scene = await Scene.open();
  const centre = await scene.openCentre();
  ({ centreId } = centre);
  ({ itemId } = await scene.createItem());
  locationIds = [...(await scene.locations(centre)).values()].map((location) => location.locationId);
  database = await Database.connect({ url: scene.database.services.get('warehousing')!.databaseUrl, schema: 'warehousing', poolSize: 4 });
  store = new StockStore(database, new Ids());
}, 60_000);
afterAll(async () => {
  await database.close();
  await scene.close();
});

type Step = readonly [batch: number, from: number, to: number, count: bigint, grams: bigint];
const steps = fc.array(fc.tuple(fc.nat(1), fc.nat(3), fc.nat(3), fc.bigInt(0n, 9n), fc.bigInt(0n, 90n)), { minLength: 1, maxLength: 12 });

/** Place 0 is the supplier, the others are locations. */
function placeOf(number: number): StockPlace {
  return number === 0
    ? { account: 'supplier', centreId, status: 'available' }
    : { account: 'location', centreId, locationId: locationIds[number]!, status: 'available' };
}

function linesOf(ownerId: string, [batch, from, to, count, grams]: Step) {
  const goods: StockGoods = { ownerId, itemId, batch: `B${batch}`, unit: '10000 g' };
  return transfer(goods, placeOf(from), placeOf(to), { count, grams });
}

async function posts(lines: readonly StockLine[]): Promise<boolean> {
  try {
    await database.transaction((tx) => store.post(tx, { centreId, cause: 'receipt', causeId: randomUUID(), movedAt: MORNING, lines }));
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function move(ownerId: string, step: Step): Promise<boolean> {
  return posts(linesOf(ownerId, step));
}

async function stored(ownerId: string): Promise<Balances> {
  const rows = await database.query<StockRow>(
    `select owner_organization_id as "ownerId", item_id as "itemId", batch, unit, centre_id as "centreId", account, location_id as "locationId", status, count, grams
       from stock_balances where owner_organization_id = $1 and (count <> 0 or grams <> 0)`,
    [ownerId],
  );
  return new Map(
    rows.map(({ ownerId: owner, itemId: item, batch, unit, account, locationId, status, count, grams }) => {
      const place: StockPlace = account === 'location' ? { account, centreId, locationId: locationId!, status } : { account, centreId, status };
      return [balanceKey({ goods: { ownerId: owner, itemId: item, batch, unit }, place }), { count, grams }];
    }),
  );
}

const statuses: readonly StockStatus[] = ['available', 'available', 'held', 'held_unpaid'];
const moves = fc.array(fc.tuple(fc.nat(1), fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3), fc.bigInt(1n, 9n)), { minLength: 1, maxLength: 12 });

/** What the centre may promise of the owner's batches, by batch. */
async function onHand(ownerId: string): Promise<ReadonlyMap<string, bigint>> {
  const rows = await database.query<{ batch: string; onHand: bigint }>(
    'select batch, on_hand as "onHand" from promisable_stock where owner_organization_id = $1 and on_hand <> 0',
    [ownerId],
  );
  return new Map(rows.map((row) => [row.batch, row.onHand]));
}

describe('what the centre can promise', () => {
  it('is kept with each movement: the available goods in real locations', async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (tried) => {
        const ownerId = randomUUID();
        const lying = new Map<string, bigint>();
        for (const [batch, from, to, fromStatus, toStatus, count] of tried) {
          const goods: StockGoods = { ownerId, itemId, batch: `B${batch}`, unit: '10000 g' };
          const [source, target] = [
            { ...placeOf(from), status: statuses[fromStatus]! },
            { ...placeOf(to), status: statuses[toStatus]! },
          ];
          const lines = transfer(goods, source, target, { count, grams: count });
          if (!(await posts(lines))) continue;
          for (const { place, count: change } of lines)
            if (place.account === 'location' && place.status === 'available') lying.set(goods.batch, (lying.get(goods.batch) ?? 0n) + change);
        }
        expect(await onHand(ownerId)).toEqual(new Map([...lying].filter(([, count]) => count !== 0n)));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('never falls below what is reserved, by whatever movement, with many at once', async () => {
    const ownerId = randomUUID();
    const goods: StockGoods = { ownerId, itemId, batch: 'B0', unit: '10000 g' };
    await move(ownerId, [0, 0, 1, 10n, 100n]);
    await database.query('update promisable_stock set reserved = 7 where owner_organization_id = $1', [ownerId]);
    const one = { count: 1n, grams: 10n };
    const shelf = placeOf(1);
    const ways: readonly StockPlace[] = [{ ...shelf, status: 'held_quality' }, { account: 'loss', centreId, status: 'available' }];
    const done = await Promise.all(Array.from({ length: 12 }, (_, i) => posts(transfer(goods, shelf, ways[i % 2]!, one))));
    expect(done.filter(Boolean)).toHaveLength(3);
    expect(await posts(transfer(goods, shelf, placeOf(2), { count: 7n, grams: 70n }))).toBe(true); // within the centre nothing is taken from the promise
    await expect(
      database.transaction((tx) =>
        store.post(tx, { centreId, cause: 'write_off', causeId: randomUUID(), movedAt: MORNING, lines: transfer(goods, placeOf(2), ways[1]!, one) }),
      ),
    ).rejects.toMatchObject({ refusal: { code: 'STOCK_RESERVED', details: { onHand: 7n, reserved: 7n } } });
    expect(await onHand(ownerId)).toEqual(new Map([['B0', 7n]]));
  }, 60_000);
});

describe('the stored ledger', () => {
  it('keeps the same balances as the core, refusal by refusal', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (moves) => {
        const ownerId = randomUUID();
        let balances: Balances = new Map();
        for (const step of moves) {
          const decision = post(balances, linesOf(ownerId, step));
          expect(await move(ownerId, step)).toBe(decision.accepted);
          if (decision.accepted) balances = new Map([...balances, ...decision.events.map(({ line, balance }) => [balanceKey(line), balance] as const)]);
        }
        expect(await stored(ownerId)).toEqual(new Map([...balances].filter(([, { count, grams }]) => count !== 0n || grams !== 0n)));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('stays true under movements to and fro at once, without a deadlock', async () => {
    const ownerId = randomUUID();
    for (const place of [1, 2, 3]) await move(ownerId, [0, 0, place, 20n, 200n]);
    const rounds = Array.from({ length: 60 }, (_, i): Step => [0, (i % 3) + 1, ((i + 1 + (i % 2)) % 3) + 1, 7n, 70n]);
    await Promise.all(rounds.map((step) => move(ownerId, step)));
    const balances = await stored(ownerId);
    const places = [...balances].filter(([key]) => key.includes('"location"')).map(([, quantity]) => quantity);
    expect(places.reduce((sum, { count }) => sum + count, 0n)).toBe(60n);
    expect(places.every(({ count, grams }) => count >= 0n && grams === count * 10n)).toBe(true);
    const [journal] = await database.query<{ same: boolean }>(
      `select bool_and(b.count = j.count and b.grams = j.grams) as same from stock_balances b
         join (select location_id, sum(count) as count, sum(grams) as grams from stock_movement_lines
                where owner_organization_id = $1 and account = 'location' group by location_id) j
           on j.location_id = b.location_id where b.owner_organization_id = $1`,
      [ownerId],
    );
    expect(journal!.same).toBe(true);
  }, 60_000);
});
