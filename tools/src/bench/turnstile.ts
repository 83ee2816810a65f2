import { OverdueTimer } from '@naru/auction/invoice/overdue.timer';
import { HammerTurnstile } from '@naru/auction/lot/hammer.turnstile';
import { LotTurnstile } from '@naru/auction/lot/lot.turnstile';
import type { MarketRules } from '@naru/auction/market/market';
import { MarketStore } from '@naru/auction/market/market.store';
import { Closer } from '@naru/auction/session/closer.timer';
import { Settling } from '@naru/auction/settlement/settling.shell';
import { SettlingTimer } from '@naru/auction/settlement/settling.timer';
import { BusinessTime } from '@naru/platform/business-time';
import { RealBusinessClock } from '@naru/platform/clocks';
import type { ServiceConfig } from '@naru/platform/config';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import type { Call } from '@naru/platform/rpc/call';
import { ServiceContext } from '@naru/platform/service-context';
import type { TestDatabase } from '@naru/testing/test-database';
import { bidAlone, poolOf } from './baseline/transaction-per-bid.js';
import { type BiddingGround, CURRENCY, START_PRICE, STEP, countBids, layBiddingGround, verifyBids } from './bidding-ground.js';
import { type Load, closedLoop } from './load.js';
import type { Bench, Figure, Row } from './row.js';
import { median, quantile, spreadOf } from './statistics.js';

const WAITING = 512;
const CLIENTS = [16, 64];
const REPETITIONS = 5;
const SECONDS = 2;
const WARM_UP_SECONDS = 1;
const GOAL = 25;
const POOL_SIZE = 10;

/** Bids on one lot, without the wire: the service's own turnstile against one transaction per bid. */
export const turnstile: Row = {
  name: 'turnstile',
  async run(bench: Bench): Promise<Figure> {
    const database = await (await bench.ground()).database();
    const ground = await layBiddingGround(database);
    const bids = await ourBids(database, ground);
    const alone = new Map(CLIENTS.map((clients) => [clients, poolOf(database.services.get('auction')!.databaseUrl, clients)]));
    const rules = (await bids.markets.find(ground.marketId))!.rules;
    try {
      await measure(database, ground, (lotId) => closedLoop(WAITING, WARM_UP_SECONDS, bids.bidderOn(lotId)));
      const ours: Load[] = [];
      const theirs = new Map<number, number[]>(CLIENTS.map((clients) => [clients, []]));
      for (let repetition = 1; repetition <= REPETITIONS; repetition++) {
        ours.push(await measure(database, ground, (lotId) => closedLoop(WAITING, SECONDS, bids.bidderOn(lotId))));
        for (const [clients, pool] of alone) theirs.get(clients)!.push((await measure(database, ground, (lotId) => closedLoop(clients, SECONDS, aloneOn(pool, lotId, ground, rules)))).perSecond);
        bench.say(`${repetition} of ${REPETITIONS}: ${Math.round(ours.at(-1)!.perSecond)} bids/s, ${CLIENTS.map((clients) => `${Math.round(theirs.get(clients)!.at(-1)!)} alone at ${clients}`).join(', ')}`);
      }
      await verifyBids(database);
      const best = CLIENTS.reduce((one, other) => (median(theirs.get(one)!) >= median(theirs.get(other)!) ? one : other));
      const value = median(ours.map((load) => load.perSecond));
      const baseline = median(theirs.get(best)!);
      const latencies = ours.flatMap((load) => load.latencies);
      return {
        ...{ value, unit: 'bids/s', baseline, ratio: value / baseline, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
        ...{ spread: spreadOf(ours.map((load, i) => load.perSecond / theirs.get(best)![i]!)), goal: `ratio ≥ ${GOAL}`, passed: value / baseline >= GOAL },
        notes: [`${WAITING} bids wait; baseline at ${best} clients; ${ground.bidders.length} bidders`],
      };
    } finally {
      for (const pool of alone.values()) await pool.end();
      await bids.stop();
      await database.drop();
    }
  },
};

/** Runs a load on a lot of its own; none of its bids may be lost or doubled. */
async function measure(database: TestDatabase, ground: BiddingGround, load: (lotId: string) => Promise<Load>): Promise<Load> {
  const lotId = await ground.openLot();
  const done = await load(lotId);
  await countBids(database, lotId, done.done);
  // neither the rows of the last run nor their vacuum shall be in the way of the next
  await database.query('truncate auction.outbox');
  await database.query('vacuum analyze auction.lots, auction.bidders, auction.bids');
  return done;
}

/** The auction's turnstile as the service builds it, without its rpc server. */
export async function ourBids(database: TestDatabase, ground: BiddingGround) {
  const url = database.services.get('auction')!.databaseUrl;
  const pool = await Database.connect({ url, schema: 'auction', poolSize: POOL_SIZE });
  const config: ServiceConfig = {
    ...{ databaseUrl: url, poolSize: POOL_SIZE, grpcAddress: '', issuer: '', jwksUrl: '', pageTokenKey: '', businessClock: new RealBusinessClock() },
    log: (line) => line.level !== 'info' && console.error(line),
  };
  const context = new ServiceContext('auction', config);
  const time = new BusinessTime(config.businessClock);
  const markets = new MarketStore(pool);
  const ids = new Ids();
  const outbox = new Outbox(ids, () => {});
  const settling = new Settling(pool, markets, outbox, ids, time, new OverdueTimer(time, pool, context, markets, outbox), context);
  const closer = new Closer(time, pool, context);
  const hammers = new HammerTurnstile(pool, context, markets, closer, new SettlingTimer(time, pool, context, settling), outbox, ids, time);
  const lots = new LotTurnstile(pool, context, markets, closer, outbox, time, hammers);
  const { signal } = new AbortController();
  return {
    markets,
    /** Places the next bid on `lotId`: one step over the last, by the next bidder; each under a key of its own where `keyed`. */
    bidderOn(lotId: string, keyed = false): () => Promise<void> {
      let placed = 0n;
      return async () => {
        const number = placed++;
        const organizationId = ground.bidders[Number(number) % ground.bidders.length]!;
        const call: Call = {
          caller: { subject: organizationId, kind: 'client', organizationId, system: false, roles: ['bidder'] },
          ...{ receivedAt: Date.now(), deadline: Number.POSITIVE_INFINITY, signal },
          idempotency: keyed ? { key: `${lotId}-${number}`, fingerprint: Buffer.from(lotId) } : undefined,
        };
        await lots.placeBid({ lotId, limit: { currency: CURRENCY, amount: START_PRICE + number * STEP } }, call);
      };
    },
    async stop() {
      await context.stopped();
      await pool.close();
    },
  };
}

function aloneOn(pool: ReturnType<typeof poolOf>, lotId: string, ground: BiddingGround, rules: MarketRules): () => Promise<void> {
  const ids = new Ids();
  const door = { pool, lotId, marketId: ground.marketId, marketCode: 'BENCH', rules, newId: () => ids.next() };
  let next = 0;
  return () => bidAlone(door, ground.bidders[next++ % ground.bidders.length]!);
}
