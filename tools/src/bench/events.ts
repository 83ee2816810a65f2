import type { TestDatabase } from '@naru/testing/test-database';
import { moveBySql } from './baseline/sql-move.js';
import { EFFECTS, type EventFlow, fillOutbox, makeEffectsTable, startEventFlow, verifyEffects } from './event-flow.js';
import type { Bench, Figure, Row } from './row.js';
import { median, quantile, spreadOf } from './statistics.js';

const OFFERED = 5_000;
const PRODUCERS = 8;
const PER_TRANSACTION = 25;
const OPEN_SECONDS = 10;
const OPEN_REPETITIONS = 2;
const REPETITIONS = 5;
/** Facts of one repetition: of the closed loop, and of each move. */
const FACTS = 60_000;
/** Facts under way at most in the closed loop. */
const WINDOW = 1_500;
/** Rows per move and per batch, as in the relay and the lane. */
const BATCH = 300;
const WARM_UP_FACTS = 20_000;
const GOAL_P99_MS = 50;
const GOAL_RATIO = 0.4;
/** Less than all of what is offered, by the last interval. */
const SUSTAINED = 0.99;

/** Facts from commit to effect: at a steady rate, as fast as producers can, and as fast as SQL alone can move them. */
export const events: Row = {
  name: 'events',
  async run(bench: Bench): Promise<Figure> {
    const database = await (await bench.ground()).database();
    const moved = await layMoves(bench);
    try {
      await makeEffectsTable(database);
      const open = await measureOpen(bench, database);
      const [ours, bare] = await measureMoves(bench, moved);
      const [value, p50, p99] = [median(open.rates), quantile(open.latencies, 0.5), quantile(open.latencies, 0.99)];
      const ratio = median(ours) / median(bare);
      return {
        ...{ value, unit: 'events/s', baseline: median(bare), ratio, p50, p99, spread: spreadOf(ours.map((rate, i) => rate / bare[i]!)) },
        goal: `${OFFERED}/s sustained, p99 ≤ ${GOAL_P99_MS} ms, ratio ≥ ${GOAL_RATIO}`,
        passed: value >= SUSTAINED * OFFERED && p99 <= GOAL_P99_MS && ratio >= GOAL_RATIO,
        notes: [
          `the ratio is that of ${Math.round(median(ours))}/s, moved from a full outbox to their effects, to the same rows moved by SQL alone`,
          `closed loop with ${PRODUCERS} producers: ${Math.round(median(open.highest))}/s`,
        ],
      };
    } finally {
      await database.drop();
      await moved.drop();
    }
  },
};

/** Facts that producers commit: at the offered rate, then as many as the loop takes. */
async function measureOpen(bench: Bench, database: TestDatabase): Promise<{ readonly rates: number[]; readonly latencies: number[]; readonly highest: number[] }> {
  const flow = await startEventFlow(database);
  flow.relay();
  try {
    await closedLoop(flow, WARM_UP_FACTS);
    const found = { rates: [] as number[], latencies: [] as number[], highest: [] as number[] };
    for (let repetition = 0; repetition < OPEN_REPETITIONS; repetition++) {
      await clear(database);
      flow.latencies = [];
      const before = flow.effects;
      found.rates.push(await openLoop(flow));
      await verifyEffects(database, flow.effects - before);
      found.latencies.push(...flow.latencies);
      bench.say(`offered ${OFFERED}/s: ${Math.round(found.rates.at(-1)!)}/s, p50 ${quantile(flow.latencies, 0.5).toFixed(1)} ms, p99 ${quantile(flow.latencies, 0.99).toFixed(1)} ms`);
    }
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      await clear(database);
      found.highest.push(await closedLoop(flow, FACTS));
      await verifyEffects(database, FACTS);
    }
    bench.say(`closed loop with producers: ${found.highest.map(Math.round).join(', ')}/s`);
    return found;
  } finally {
    await flow.stop();
  }
}

/** The same rows from a full outbox to their effects: by relay and consumer, and by SQL alone. */
async function measureMoves(bench: Bench, database: TestDatabase): Promise<readonly [ours: number[], bare: number[]]> {
  const [ours, bare]: [number[], number[]] = [[], []];
  const rateOf = async (move: () => Promise<void>): Promise<number> => {
    const begun = performance.now();
    await move();
    const rate = (FACTS / (performance.now() - begun)) * 1_000;
    await verifyEffects(database, FACTS);
    return rate;
  };
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    await refill(database);
    const flow = await startEventFlow(database);
    ours.push(
      await rateOf(async () => {
        flow.relay();
        await flow.drained(FACTS);
      }),
    );
    await flow.stop();
    await refill(database);
    bare.push(await rateOf(() => moveBySql(database.adminUrl, BATCH, FACTS)));
    bench.say(`moved ${Math.round(ours.at(-1)!)}/s, by SQL alone ${Math.round(bare.at(-1)!)}/s`);
  }
  return [ours, bare];
}

/** Each producer has its times, whether or not the one before is done: a late commit counts with all its delay. Gives the rate of effects. */
async function openLoop(flow: EventFlow): Promise<number> {
  const everyMs = (1_000 * PRODUCERS * PER_TRANSACTION) / OFFERED;
  const rounds = Math.round((OPEN_SECONDS * 1_000) / everyMs);
  const begun = performance.now();
  const before = flow.effects;
  const producer = async (number: number): Promise<void> => {
    const sent: Promise<void>[] = [];
    for (let round = 0; round < rounds; round++) {
      const at = begun + (round + number / PRODUCERS) * everyMs;
      const left = at - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
      sent.push(flow.produce(PER_TRANSACTION));
    }
    await Promise.all(sent);
  };
  await Promise.all(Array.from({ length: PRODUCERS }, (_, number) => producer(number)));
  await flow.drained(before + rounds * PRODUCERS * PER_TRANSACTION);
  return ((flow.effects - before) / (performance.now() - begun)) * 1_000;
}

/** As fast as it goes, with a bounded number under way. Gives effects per second. */
async function closedLoop(flow: EventFlow, facts: number): Promise<number> {
  const begun = performance.now();
  const before = flow.effects;
  let sent = 0;
  const producer = async (): Promise<void> => {
    while (sent < facts) {
      if (sent - (flow.effects - before) >= WINDOW) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      sent += PER_TRANSACTION;
      await flow.produce(PER_TRANSACTION);
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, producer));
  await flow.drained(before + sent);
  return (sent / (performance.now() - begun)) * 1_000;
}

/** A database where nothing relays, and the rows that are moved there: made by our own outbox. */
async function layMoves(bench: Bench): Promise<TestDatabase> {
  const database = await (await bench.ground()).database();
  await makeEffectsTable(database);
  await fillOutbox(database, FACTS);
  await database.query('create table public.facts as table auction.outbox');
  return database;
}

async function refill(database: TestDatabase): Promise<void> {
  await clear(database);
  await database.query(
    `insert into auction.outbox (event_id, type, key, payload, time, record_time, traceparent, tracestate)
     select event_id, type, key, payload, time, record_time, traceparent, tracestate from public.facts order by id`,
  );
  await settleDisk(database);
}

/** Empty tables before each run: none shall pay for the rows of another. */
async function clear(database: TestDatabase): Promise<void> {
  await database.query(`truncate auction.outbox, bus.auction_log, warehousing.inbox, ${EFFECTS}`);
  await settleDisk(database);
}

async function settleDisk(database: TestDatabase): Promise<void> {
  await database.query('vacuum analyze auction.outbox, bus.auction_log, warehousing.inbox');
  await database.query('checkpoint');
}
