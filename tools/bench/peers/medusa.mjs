// Reservations with Medusa's inventory module, with its locking module around them and without.
//
//   node medusa.mjs DATABASE_URL '{"clients":16,"seconds":4,"warmUpSeconds":1,"repetitions":3,"units":10,"rush":50}'
//
// Written from the public documentation of Medusa 2: modules are loaded alone with MedusaApp, reservations are made with the module's own
// createReservationItems, and the lock is taken on the id of the inventory item, as its workflows do. One JSON object on the last line of stdout.
// The database is its own: it makes its tables there.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { MedusaApp } = require('@medusajs/framework/modules-sdk');
const { version } = require('@medusajs/inventory/package.json');

const [clientUrl, options] = process.argv.slice(2);
if (!clientUrl || !options) {
  console.error("usage: node medusa.mjs DATABASE_URL '{\"clients\":16,\"seconds\":4,\"warmUpSeconds\":1,\"repetitions\":3,\"units\":10,\"rush\":50}'");
  process.exit(2);
}
const { clients, seconds, warmUpSeconds, repetitions, units, rush } = JSON.parse(options);

const silent = () => {};
const logger = { info: silent, warn: silent, debug: silent, error: (...text) => console.error(...text), log: silent, activity: silent, progress: silent, success: silent, failure: silent, panic: silent, shouldLog: () => false, setLogLevel: silent, unsetLogLevel: silent };
const LOCATION = 'bench';
const PLENTY = 100_000_000;

const app = await MedusaApp({
  modulesConfig: {
    inventory: { resolve: '@medusajs/inventory' },
    locking: { resolve: '@medusajs/locking' },
  },
  sharedResourcesConfig: { database: { clientUrl, driverOptions: { connection: { ssl: false } }, pool: { min: 0, max: 20 } } },
  injectedDependencies: { logger },
});
await app.runMigrations();
await app.onApplicationStart();
const { inventory, locking } = app.modules;

/** An item of its own with so many units at the one location. */
async function stocked(quantity) {
  const item = await inventory.createInventoryItems({ sku: `bench-${process.hrtime.bigint()}` });
  await inventory.createInventoryLevels([{ inventory_item_id: item.id, location_id: LOCATION, stocked_quantity: quantity }]);
  return item.id;
}

const reserve = (itemId) => inventory.createReservationItems([{ inventory_item_id: itemId, location_id: LOCATION, quantity: 1 }]);
const WAYS = {
  withLock: (itemId) => locking.execute(itemId, () => reserve(itemId), { timeout: 60 }),
  withoutLock: reserve,
};

/** So many callers, each with one call in flight, for so long. */
async function closedLoop(work, forSeconds) {
  const until = performance.now() + forSeconds * 1_000;
  const latencies = [];
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < until) {
      const from = performance.now();
      await work();
      latencies.push(performance.now() - from);
    }
  }));
  return latencies;
}

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

/** What was promised by the rows, and what the counter says of it. */
async function booked(itemId) {
  const rows = await inventory.listReservationItems({ inventory_item_id: itemId }, { take: null, select: ['id', 'quantity'] });
  const [level] = await inventory.listInventoryLevels({ inventory_item_id: itemId, location_id: LOCATION });
  return { rows: rows.reduce((sum, { quantity }) => sum + Number(quantity), 0), counter: Number(level.reserved_quantity) };
}

/** Reservations of one hot item per second, and whether the counter still says what the rows say. */
async function hot(way) {
  const runs = [];
  await closedLoop(((itemId) => () => way(itemId))(await stocked(PLENTY)), warmUpSeconds);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const itemId = await stocked(PLENTY);
    const from = performance.now();
    const latencies = (await closedLoop(() => way(itemId), seconds)).sort((a, b) => a - b);
    const perSecond = latencies.length / ((performance.now() - from) / 1_000);
    runs.push({ perSecond, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), accepted: latencies.length, ...(await booked(itemId)) });
  }
  return runs;
}

/** So many at once want the same few units: how many got one, and how many there were too many. */
async function oversold(way) {
  const itemId = await stocked(units);
  const outcomes = await Promise.allSettled(Array.from({ length: rush }, () => way(itemId)));
  const accepted = outcomes.filter(({ status }) => status === 'fulfilled').length;
  return { units, asked: rush, accepted, oversold: Math.max(0, accepted - units), ...(await booked(itemId)) };
}

const result = { product: `Medusa inventory ${version}`, clients };
for (const [name, way] of Object.entries(WAYS)) result[name] = { hot: await hot(way), rush: await oversold(way) };
await app.onApplicationPrepareShutdown();
await app.onApplicationShutdown();
console.log(JSON.stringify(result));
process.exit(0);
