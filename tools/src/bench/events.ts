import type { TestDatabase } from '@naru/testing/test-database';
import { EFFECTS, type EventFlow, type Flow, drained, fillOutbox, makeEffectsTable, startEventFlow, startPlainFlow, verifyEffects } from './event-flow.js';
import type { Bench, Figure, Row } from './row.js';
import { median, quantile, spreadOf } from './statistics.js';

export const OFFERED = 5_000;
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
export const WARM_UP_FACTS = 20_000;
/** Before each closed loop: connections and their plans are new. */
const LOOP_WARM_UP = 5_000;
const GOAL_P99_MS = 50;
const GOAL_RATIO = 0.4;
/** Less than all of what is offered, by the last interval. */
const SUSTAINED = 0.99;

/** Facts from commit to effect: at a steady rate, then as fast as it goes beside plain SQL that does the same. */
export const events: Row = {
  name: 'events',
  async run(bench: Bench): Promise<Figure> {
    const database = await (await bench.ground()).database();
    try {
      await makeEffectsTable(database);
      const open = await measureOpen(bench, database);
      const { loop, move } = await measureHighest(bench, database);
      const [value, p50, p99] = [median(open.rates), quantile(open.latencies, 0.5), quantile(open.latencies, 0.99)];
      const ratios = loop.ours.map((rate, i) => rate / loop.plain[i]!);
      const ratio = median(ratios);
      const [whole, moves, strange] = [loop.plain, move.plain, loop.ours].map((rates) => Math.round(median(rates)));
      return {
        ...{ value, unit: 'events/s', baseline: whole!, ratio, p50, p99, spread: spreadOf(ratios) },
        goal: `${OFFERED}/s sustained, p99 ≤ ${GOAL_P99_MS} ms, ratio ≥ ${GOAL_RATIO}`,
        passed: value >= SUSTAINED * OFFERED && p99 <= GOAL_P99_MS && ratio >= GOAL_RATIO,
        notes: [
          `the ratio is that of two closed loops with ${PRODUCERS} producers each: ${strange}/s by the shell, ${whole}/s by plain SQL (docs/adr/0011)`,
          `of the move alone, from a full outbox to the effects: ${(median(move.ours) / median(move.plain)).toFixed(2)} (${Math.round(median(move.ours))}/s, ${moves}/s)`,
          `the shell's closed loop with producers to the plain move without any: ${(strange! / moves!).toFixed(2)}`,
        ],
      };
    } finally {
      await database.drop();
    }
  },
};

interface Rates {
  readonly ours: number[];
  readonly plain: number[];
}

/** Facts that producers commit at the offered rate. */
async function measureOpen(bench: Bench, database: TestDatabase): Promise<{ readonly rates: number[]; readonly latencies: number[] }> {
  const flow = await startEventFlow(database);
  flow.relay();
  try {
    await closedLoop(flow, WARM_UP_FACTS);
    const found = { rates: [] as number[], latencies: [] as number[] };
    for (let repetition = 0; repetition < OPEN_REPETITIONS; repetition++) {
      await clear(database);
      flow.latencies = [];
      const before = flow.effects;
      found.rates.push(await openLoop(flow));
      await verifyEffects(database, flow.effects - before);
      found.latencies.push(...flow.latencies);
      bench.say(`offered ${OFFERED}/s: ${Math.round(found.rates.at(-1)!)}/s, p50 ${quantile(flow.latencies, 0.5).toFixed(1)} ms, p99 ${quantile(flow.latencies, 0.99).toFixed(1)} ms`);
    }
    return found;
  } finally {
    await flow.stop();
  }
}

/** In turns, by the shell and by plain SQL: as fast as producers and all behind them can, and the move of a full outbox alone. */
async function measureHighest(bench: Bench, database: TestDatabase): Promise<{ readonly loop: Rates; readonly move: Rates }> {
  const plain = (): Promise<Flow> => startPlainFlow(database, BATCH, PRODUCERS);
  const ours = (): Promise<Flow> => startEventFlow(database);
  const [loop, move]: [Rates, Rates] = [{ ours: [], plain: [] }, { ours: [], plain: [] }];
  await clear(database);
  await fillOutbox(database, FACTS);
  await database.query('create table public.facts as table auction.outbox');
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    loop.ours.push(await loopRate(database, await ours()));
    loop.plain.push(await loopRate(database, await plain()));
    move.ours.push(await moveRate(database, await ours()));
    move.plain.push(await moveRate(database, await plain()));
    const [a, b, c, d] = [loop.ours, loop.plain, move.ours, move.plain].map((rates) => Math.round(rates.at(-1)!));
    bench.say(`closed loop ${a}/s, by plain SQL ${b}/s: ${(a! / b!).toFixed(2)}; move ${c}/s, by plain SQL ${d}/s: ${(c! / d!).toFixed(2)}`);
  }
  return { loop, move };
}

async function loopRate(database: TestDatabase, flow: Flow): Promise<number> {
  try {
    await clear(database);
    flow.relay();
    await closedLoop(flow, LOOP_WARM_UP);
    await clear(database);
    const rate = await closedLoop(flow, FACTS);
    await verifyEffects(database, FACTS);
    return rate;
  } finally {
    await flow.stop();
  }
}

/** The rows lie in the outbox when the clock starts. */
async function moveRate(database: TestDatabase, flow: Flow): Promise<number> {
  try {
    await refill(database);
    const begun = performance.now();
    flow.relay();
    await drained(flow, FACTS);
    const rate = (FACTS / (performance.now() - begun)) * 1_000;
    await verifyEffects(database, FACTS);
    return rate;
  } finally {
    await flow.stop();
  }
}

/** Each producer has its times, whether or not the one before is done: a late commit counts with all its delay. Gives the rate of effects. */
export async function openLoop(flow: EventFlow): Promise<number> {
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
  await drained(flow, before + rounds * PRODUCERS * PER_TRANSACTION);
  return ((flow.effects - before) / (performance.now() - begun)) * 1_000;
}

/** As fast as it goes, with a bounded number under way. Gives effects per second. */
export async function closedLoop(flow: Flow, facts: number): Promise<number> {
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
  await drained(flow, before + sent);
  return (sent / (performance.now() - begun)) * 1_000;
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
export async function clear(database: TestDatabase): Promise<void> {
  await database.query(`truncate auction.outbox, bus.auction_log, warehousing.inbox, ${EFFECTS}`);
  await settleDisk(database);
}

async function settleDisk(database: TestDatabase): Promise<void> {
  await database.query('vacuum analyze auction.outbox, bus.auction_log, warehousing.inbox');
  await database.query('checkpoint');
}
