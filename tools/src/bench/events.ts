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
const CLOSED_REPETITIONS = 5;
/** Facts of one repetition of the closed loop, and of the bare move. */
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

/** Facts from commit to effect: at a steady rate, and as fast as they go. */
export const events: Row = {
  name: 'events',
  async run(bench: Bench): Promise<Figure> {
    const database = await (await bench.ground()).database();
    await makeEffectsTable(database);
    const bareDatabase = await layBareMove(bench);
    const flow = await startEventFlow(database);
    try {
      await closedLoop(flow, WARM_UP_FACTS);
      const rates: number[] = [];
      const latencies: number[] = [];
      const p99s: number[] = [];
      for (let repetition = 0; repetition < OPEN_REPETITIONS; repetition++) {
        await clear(database);
        flow.latencies = [];
        const from = flow.effects;
        rates.push(await openLoop(flow));
        await verifyEffects(database, flow.effects - from);
        latencies.push(...flow.latencies);
        p99s.push(quantile(flow.latencies, 0.99));
        bench.say(`open loop: ${Math.round(rates.at(-1)!)} of ${OFFERED}/s, p50 ${quantile(flow.latencies, 0.5).toFixed(1)} ms, p99 ${p99s.at(-1)!.toFixed(1)} ms`);
      }
      const ours: number[] = [];
      const bare: number[] = [];
      for (let repetition = 0; repetition < CLOSED_REPETITIONS; repetition++) {
        await clear(database);
        ours.push(await closedLoop(flow, FACTS));
        await verifyEffects(database, FACTS);
        bare.push(await bareMove(bareDatabase));
        bench.say(`closed loop: ${Math.round(ours.at(-1)!)}/s, bare move ${Math.round(bare.at(-1)!)}/s`);
      }
      const value = median(rates);
      const [highest, baseline] = [median(ours), median(bare)];
      const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
      const ratio = highest / baseline;
      return {
        ...{ value, unit: 'events/s', baseline, ratio, p50, p99, spread: spreadOf(ours.map((rate, i) => rate / bare[i]!)) },
        goal: `${OFFERED}/s sustained, p99 ≤ ${GOAL_P99_MS} ms, ratio ≥ ${GOAL_RATIO}`,
        passed: value >= SUSTAINED * OFFERED && p99 <= GOAL_P99_MS && ratio >= GOAL_RATIO,
        notes: [`highest ${Math.round(highest)}/s in the closed loop, producers included, against the bare move; p99 of the open loop ${p99s.map((ms) => ms.toFixed(0)).join(' and ')} ms`],
      };
    } finally {
      await flow.stop();
      await database.drop();
      await bareDatabase.drop();
    }
  },
};

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
  await flow.drained();
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
  await flow.drained();
  return (facts / (performance.now() - begun)) * 1_000;
}

/** A database without relay and consumer, and the rows that are moved there: made by the same outbox. */
async function layBareMove(bench: Bench): Promise<TestDatabase> {
  const database = await (await bench.ground()).database();
  await makeEffectsTable(database);
  await fillOutbox(database, FACTS);
  await database.query('create table public.facts as table auction.outbox');
  return database;
}

async function bareMove(database: TestDatabase): Promise<number> {
  await clear(database);
  await database.query(
    `insert into auction.outbox (event_id, type, key, payload, time, record_time, traceparent, tracestate)
     select event_id, type, key, payload, time, record_time, traceparent, tracestate from public.facts order by id`,
  );
  await settleDisk(database);
  const begun = performance.now();
  await moveBySql(database.adminUrl, BATCH, FACTS);
  const rate = (FACTS / (performance.now() - begun)) * 1_000;
  await verifyEffects(database, FACTS);
  return rate;
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
