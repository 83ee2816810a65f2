import { BusinessTime } from '@naru/platform/business-time';
import { RealBusinessClock } from '@naru/platform/clocks';
import type { ServiceConfig } from '@naru/platform/config';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import type { Call } from '@naru/platform/rpc/call';
import { ServiceContext } from '@naru/platform/service-context';
import type { TestDatabase } from '@naru/testing/test-database';
import { NetworkStore } from '@naru/warehousing/network/network.store';
import { FactStore } from '@naru/warehousing/order/fact.store';
import { OrderStore } from '@naru/warehousing/order/order.store';
import { ExpiryTimer } from '@naru/warehousing/reservation/expiry.timer';
import { Promising } from '@naru/warehousing/reservation/promising.shell';
import { ReservationStore } from '@naru/warehousing/reservation/reservation.store';
import { ReservationTurnstile } from '@naru/warehousing/reservation/reservation.turnstile';
import { poolOf, reserveAlone } from './baseline/one-statement-reservation.js';
import { closedLoop, type Load } from './load.js';
import { countReservations, layReservingGround, PLENTY, type ReservingGround, tidy, UNIT, verifyReservations } from './reserving-ground.js';
import type { Bench, Figure, Row } from './row.js';
import { median, quantile, spreadOf } from './statistics.js';

const ITEMS = 1_000;
const WAITING = 512;
const CLIENTS = [16, 64];
const REPETITIONS = 5;
const SECONDS = 2;
const WARM_UP_SECONDS = 1;
const GOAL = 0.5;
const POOL_SIZE = 10;

/** Reservations over many items, without the wire: the service's own turnstile against one statement per reservation through the same driver. */
export const reserveSpread: Row = {
  name: 'reserve_spread',
  async run(bench: Bench): Promise<Figure> {
    const database = await (await bench.ground()).database();
    const ground = await layReservingGround(database);
    const ours = await ourReservations(database, ground);
    const alone = new Map(CLIENTS.map((clients) => [clients, poolOf(database.services.get('warehousing')!.databaseUrl, clients)]));
    const [{ centre_id: centreId }] = (await database.query<{ centre_id: string }>('select centre_id from warehousing.centres')) as [{ centre_id: string }];
    const ids = new Ids();
    try {
      const together = (seconds: number): Promise<Load> => measure(database, ground, (items) => closedLoop(WAITING, seconds, inTurn(items, ours.reserve)));
      const oneByOne = (clients: number, seconds: number): Promise<Load> => {
        const door = { pool: alone.get(clients)!, networkId: ground.networkId, ownerId: ground.merchantId, centreId, unit: UNIT, batch: 'B1', newId: () => ids.next() };
        return measure(database, ground, (items) => closedLoop(clients, seconds, inTurn(items, (itemId) => reserveAlone(door, itemId))));
      };
      await together(WARM_UP_SECONDS);
      for (const clients of CLIENTS) await oneByOne(clients, WARM_UP_SECONDS);
      const loads: Load[] = [];
      const theirs = new Map<number, number[]>(CLIENTS.map((clients) => [clients, []]));
      for (let repetition = 1; repetition <= REPETITIONS; repetition++) {
        loads.push(await together(SECONDS));
        for (const clients of CLIENTS) theirs.get(clients)!.push((await oneByOne(clients, SECONDS)).perSecond);
        bench.say(`${repetition} of ${REPETITIONS}: ${Math.round(loads.at(-1)!.perSecond)} reservations/s, ${CLIENTS.map((clients) => `${Math.round(theirs.get(clients)!.at(-1)!)} alone at ${clients}`).join(', ')}`);
      }
      await verifyReservations(database);
      const best = CLIENTS.reduce((one, other) => (median(theirs.get(one)!) >= median(theirs.get(other)!) ? one : other));
      const value = median(loads.map((load) => load.perSecond));
      const baseline = median(theirs.get(best)!);
      const latencies = loads.flatMap((load) => load.latencies);
      return {
        ...{ value, unit: 'reservations/s', baseline, ratio: value / baseline, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
        ...{ spread: spreadOf(loads.map((load, i) => load.perSecond / theirs.get(best)![i]!)), goal: `ratio ≥ ${GOAL}`, passed: value / baseline >= GOAL },
        notes: [`${ITEMS} items, ${WAITING} reservations wait; baseline at ${best} clients; 0 oversold`],
      };
    } finally {
      for (const pool of alone.values()) await pool.end();
      await ours.stop();
      await database.drop();
    }
  },
};

/** Each piece of work on the next of the items. */
export function inTurn(items: readonly string[], work: (itemId: string) => Promise<unknown>): () => Promise<unknown> {
  let next = 0;
  return () => work(items[next++ % items.length]!);
}

/** Runs a load on items of its own; none of its reservations may be lost or doubled. */
async function measure(database: TestDatabase, ground: ReservingGround, load: (items: readonly string[]) => Promise<Load>): Promise<Load> {
  const items = await ground.stockItems(ITEMS, PLENTY);
  const done = await load(items);
  await countReservations(database, items, done.done);
  await database.query('truncate warehousing.outbox');
  await tidy(database);
  return done;
}

/** Warehousing's turnstile as the service builds it, without its rpc server. */
export async function ourReservations(database: TestDatabase, ground: ReservingGround) {
  const url = database.services.get('warehousing')!.databaseUrl;
  const pool = await Database.connect({ url, schema: 'warehousing', poolSize: POOL_SIZE });
  const config: ServiceConfig = {
    ...{ databaseUrl: url, poolSize: POOL_SIZE, grpcAddress: '', issuer: '', jwksUrl: '', pageTokenKey: '', businessClock: new RealBusinessClock() },
    log: (line) => line.level !== 'info' && console.error(line),
  };
  const context = new ServiceContext('warehousing', config);
  const time = new BusinessTime(config.businessClock);
  const ids = new Ids();
  const outbox = new Outbox(ids, () => {});
  const facts = new FactStore();
  const reservations = new ReservationStore(pool);
  const promising = new Promising(reservations, new OrderStore(pool), facts, outbox, ids);
  const expiry = new ExpiryTimer(reservations, promising, pool, time, context);
  const turnstile = new ReservationTurnstile(pool, context, new NetworkStore(pool), reservations, promising, facts, expiry, outbox, time);
  const { networkId, merchantId: organizationId } = ground;
  const { signal } = new AbortController();
  const call: Call = {
    caller: { subject: organizationId, kind: 'client', organizationId, system: false, roles: ['merchant'] },
    ...{ receivedAt: 0, deadline: Number.POSITIVE_INFINITY, idempotency: undefined, signal },
  };
  const request = (itemId: string) => ({ networkId, itemId, unit: UNIT, count: 1n, minRemainingLifeDays: 0, holdMs: 0n });
  let keys = 0;
  return {
    reserve: (itemId: string): Promise<unknown> => turnstile.hold(request(itemId), call),
    /** Under a key of its own, as a call over the wire has one. */
    reserveKeyed: (itemId: string): Promise<unknown> => turnstile.hold(request(itemId), { ...call, idempotency: { key: `bench-${keys++}`, fingerprint: Buffer.from(itemId) } }),
    async stop(): Promise<void> {
      await context.stopped();
      await pool.close();
    },
  };
}
