import { BidPlaced } from '@naru/contracts/gen/naru/auction/v1/events';
import { connectBus } from '@naru/platform/bus/connect';
import type { KafkaSettings, LogLine } from '@naru/platform/config';
import { Consumer } from '@naru/platform/consumer';
import { Database } from '@naru/platform/database';
import { type EventCodec, type Occurred, occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { Relay } from '@naru/platform/relay';
import type { TestDatabase } from '@naru/testing/test-database';
import { startBareFlow } from './baseline/sql-move.js';

/** A way of facts from their commit to their effect. */
export interface Flow {
  /** Begins to take from the outbox. */
  relay(): void;
  /** Publishes `events` facts in one transaction of the auction; resolves when it is durable. */
  produce(events: number): Promise<void>;
  /** Facts whose effect is durable. */
  readonly effects: number;
  stop(): Promise<void>;
}

/** Facts of the auction that become rows of warehousing: outbox, relay, log, lane, inbox and effect as the shell runs them. */
export interface EventFlow extends Flow {
  /** Milliseconds from commit to effect, of each fact. */
  latencies: number[];
}

export const EFFECTS = 'warehousing.bench_effects';
/** Aggregates that the facts are about: their order is kept per key. */
const KEYS = 256;
const POOL_SIZE = 10;
const FILL = 1_000;
const DRAIN_LIMIT_MS = 60_000;
/** As long as a real one. */
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export async function makeEffectsTable(database: TestDatabase): Promise<void> {
  await database.query(`create table ${EFFECTS} (event_id uuid primary key, lot_id uuid not null, sequence bigint not null, price bigint not null)`);
  await database.query(`grant select, insert on ${EFFECTS} to warehousing_app`);
}

/** Makes bids that never were, one after the other over many lots. */
function factMaker(): (count: number) => readonly Occurred[] {
  const ids = new Ids();
  const lots = Array.from({ length: KEYS }, () => ids.next());
  let made = 0;
  const next = (): Occurred => {
    const sequence = BigInt(++made);
    const bid = { lotId: lots[made % KEYS]!, code: 'LOT-20220623-0042', marketCode: 'BENCH', sequence, price: { currency: 'KRW', amount: 1_000n + sequence }, leadChanged: true, closesAt: new Date() };
    return occurred(BidPlaced, bid, Date.now());
  };
  return (count) => Array.from({ length: count }, next);
}

/** The same facts by plain SQL: what is not theirs alone – their contents, encoded – is made as ours is. */
export async function startPlainFlow(database: TestDatabase, batch: number, producers: number): Promise<Flow> {
  const facts = factMaker();
  const ids = new Ids();
  const bare = await startBareFlow(database.adminUrl, batch, producers);
  return {
    relay: () => bare.relay(),
    produce: (events) => bare.produce(facts(events).map((fact) => ({ ...fact, id: ids.next() })), TRACEPARENT),
    get effects() {
      return bare.effects;
    },
    stop: () => bare.stop(),
  };
}

/** Resolves when the effects of `flow` have come to this number. */
export async function drained(flow: Flow, effects: number): Promise<void> {
  const until = performance.now() + DRAIN_LIMIT_MS;
  while (flow.effects < effects) {
    if (performance.now() > until) throw new Error(`${flow.effects} of ${effects} facts have their effects after a minute`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Puts `count` facts into the outbox of a database where nothing relays. */
export async function fillOutbox(database: TestDatabase, count: number): Promise<void> {
  const auction = await Database.connect({ url: database.services.get('auction')!.databaseUrl, schema: 'auction', poolSize: 1 });
  const outbox = new Outbox(new Ids(), () => {});
  const facts = factMaker();
  for (let left = count; left > 0; left -= FILL) await auction.transaction((tx) => outbox.publish(tx, facts(Math.min(FILL, left))));
  await auction.close();
}

/** The shell's flow on the embedded bus, or on Kafka where `kafka` says where that is. */
export async function startEventFlow(database: TestDatabase, kafka?: KafkaSettings): Promise<EventFlow> {
  const log = (line: LogLine): void => void (line.level !== 'info' && console.error(line));
  const connect = (service: string): Promise<Database> => Database.connect({ url: database.services.get(service)!.databaseUrl, schema: service, poolSize: POOL_SIZE });
  const auction = await connect('auction');
  const warehousing = await connect('warehousing');
  const ids = new Ids();
  const facts = factMaker();
  const busOf = (service: string, of: Database) => connectBus(service, of, { databaseUrl: database.services.get(service)!.databaseUrl, log, ...(kafka ? { kafka } : {}) });
  const { open } = await busOf('auction', auction);
  const relay = new Relay({ service: 'auction', open, log });
  const outbox = new Outbox(ids, relay.wake);
  const { bus } = await busOf('warehousing', warehousing);

  const committedAt = new Map<string, number>();
  const flow = { effects: 0, latencies: [] as number[] };
  const consumer = new Consumer({
    ...{ database: warehousing, bus, group: 'warehousing', service: 'warehousing', log },
    codecs: new Map<string, EventCodec<unknown>>([[BidPlaced.$type, BidPlaced]]),
    handlers: new Map([
      [
        BidPlaced.$type,
        {
          async together(events, tx) {
            const bids = events.map((event) => event.data as BidPlaced);
            tx.send(`insert into bench_effects select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[])`, [
              events.map((event) => event.id),
              bids.map((bid) => bid.lotId),
              bids.map((bid) => bid.sequence),
              bids.map((bid) => bid.price!.amount),
            ]);
            tx.afterCommit(() => {
              const now = performance.now();
              flow.effects += events.length;
              for (const { id } of events) {
                flow.latencies.push(now - (committedAt.get(id) ?? now)); // the effect may be faster than the news of the commit
                committedAt.delete(id);
              }
            });
          },
        },
      ],
    ]),
  });
  await consumer.start();

  return {
    relay: () => relay.start(),
    get effects() {
      return flow.effects;
    },
    get latencies() {
      return flow.latencies;
    },
    set latencies(latencies) {
      flow.latencies = latencies;
    },
    async produce(events) {
      const batch = facts(events);
      const eventIds = await auction.transaction((tx) => outbox.publish(tx, batch));
      const now = performance.now();
      for (const id of eventIds) committedAt.set(id, now);
    },
    async stop() {
      await bus.close(3_000);
      await consumer.stop();
      await relay.stop();
      await auction.close();
      await warehousing.close();
    },
  };
}

/** Every fact once, in the order of its key, and nothing left behind. @throws when not. */
export async function verifyEffects(database: TestDatabase, produced: number): Promise<void> {
  const [counts] = await database.query<Record<string, string>>(
    `select (select count(*) from ${EFFECTS}) as effects, (select count(*) from warehousing.inbox) as inbox, (select count(*) from bus.auction_log) as log,
       (select count(*) from auction.outbox) + $1 as outbox, (select count(*) from warehousing.parked) + $1 as parked`,
    [produced],
  );
  for (const [where, count] of Object.entries(counts!)) if (Number(count) !== produced) throw new Error(`${produced} facts were published, ${where} has ${count}`);
}
