import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { LogLine } from '../config.js';
import { Consumer, type EventHandler } from '../consumer.js';
import type { Database, Transaction } from '../database.js';
import type { EventCodec, Occurred } from '../event.js';
import { Ids } from '../ids.js';
import { Outbox } from '../outbox.js';
import { Relay, type RelayOptions } from '../relay.js';
import type { Bus } from './port.js';
import { type SpecDatabase, specDatabase } from './spec-database.js';

/** What an adapter brings to be held to the contract. */
export interface BusAdapter {
  /** Makes what the bus needs beside the database, such as its topics. */
  prepare?(spec: SpecDatabase): Promise<void>;
  /** A bus for `service`; `shuffle` asks for different keys in an order drawn from there, where the adapter can. */
  bus(options: { readonly spec: SpecDatabase; readonly database: Database; readonly service: string; readonly log: (line: LogLine) => void; readonly shuffle?: (() => number) | undefined }): Bus;
  /** How the relay of `service` reaches that bus. */
  open(options: { readonly spec: SpecDatabase; readonly service: string }): RelayOptions['open'];
}

export const HAPPENED = 'naru.auction.v1.SpecHappened';
export const OTHER = 'naru.auction.v1.SpecOther';

export interface Happened {
  readonly key: string;
  readonly n: number;
}

export function codecOf(type: string): EventCodec<unknown> {
  return {
    $type: type,
    encode: (message) => ({ finish: () => Buffer.from(JSON.stringify(message)) }),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
    fromPartial: (message) => message,
  };
}

export function happened(key: string, n: number, type = HAPPENED): Occurred {
  return { type, key, payload: Buffer.from(JSON.stringify({ key, n })), time: Date.UTC(2022, 5, 23) + n };
}

/** Waits until `check` holds; fails with `what` after `limitMs`. */
export async function until(what: string, check: () => Promise<boolean> | boolean, limitMs = 10_000): Promise<void> {
  for (const end = Date.now() + limitMs; !(await check()); ) {
    if (Date.now() > end) throw new Error(`waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What a test of a bus stands on: a publisher `auction` with its relay, a consumer `warehousing` that writes an effect per event. */
export interface Ground {
  readonly spec: SpecDatabase;
  readonly auction: Database;
  readonly warehousing: Database;
  readonly outbox: Outbox;
  /** The relay of the running test; not started. */
  readonly relay: Relay;
  readonly lines: LogLine[];
  /** Number of the running test. */
  readonly serial: number;
  readonly log: (line: LogLine) => void;
  open(): RelayOptions['open'];
  newRelay(open?: RelayOptions['open']): Relay;
  newBus(shuffle?: () => number): Bus;
  /** A consumer that writes an effect per event, and first does what `before` says. */
  consume(bus: Bus, options?: { group?: string; before?: EventHandler }): Promise<Consumer>;
  /** The group of the running test: each begins at the start of the topic, and looks at its own keys only. */
  group(): string;
  key(which: string): string;
  effect(tx: Transaction, consumer: string, id: string, data: Happened): Promise<void>;
  effects(which: string, consumer?: string): Promise<number[]>;
  publish(...events: Occurred[]): Promise<readonly string[]>;
  lag(bus: Bus): Promise<bigint>;
  outboxRows(): Promise<number>;
}

/** To be called within a `describe`: the ground of its tests, made and cleared away around them. */
export function contractGround(adapter: BusAdapter): Ground {
  let spec: SpecDatabase;
  let auction: Database;
  let warehousing: Database;
  let ends: (() => Promise<unknown>)[];
  let lines: LogLine[];
  let outbox: Outbox;
  let relay: Relay;
  let serial = 0;
  const log = (line: LogLine): void => void lines.push(line);

  beforeAll(async () => {
    spec = await specDatabase(['auction', 'warehousing']);
    await adapter.prepare?.(spec);
    auction = await spec.connect('auction');
    warehousing = await spec.connect('warehousing', 6);
    await spec.admin(`
      create table warehousing.effects (place bigint generated always as identity, consumer text not null, event_id uuid not null, key text not null, n integer not null);
      grant select, insert on warehousing.effects to warehousing_app;
      create table auction.state (key text primary key, n integer not null);
      grant select, insert, update on auction.state to auction_app`);
  }, 120_000);

  afterAll(async () => {
    await auction?.close();
    await warehousing?.close();
    await spec?.drop();
  }, 60_000);

  beforeEach(() => {
    serial++;
    ends = [];
    lines = [];
    relay = newRelay();
    outbox = new Outbox(new Ids(), relay.wake);
  });

  afterEach(async () => {
    for (const end of ends.reverse()) await end();
  }, 30_000);

  const open = (): RelayOptions['open'] => adapter.open({ spec, service: 'auction' });
  const group = (): string => `group-${serial}`;
  const key = (which: string): string => `${serial}-${which}`;

  function newRelay(through = open()): Relay {
    const made = new Relay({ service: 'auction', open: through, log, pollMs: 100 });
    ends.push(() => made.stop());
    return made;
  }

  async function effect(tx: Transaction, consumer: string, id: string, data: Happened): Promise<void> {
    await tx.query('insert into effects (consumer, event_id, key, n) values ($1, $2, $3, $4)', [consumer, id, data.key, data.n]);
  }

  return {
    get spec() { return spec; },
    get auction() { return auction; },
    get warehousing() { return warehousing; },
    get outbox() { return outbox; },
    get relay() { return relay; },
    get lines() { return lines; },
    get serial() { return serial; },
    log, open, newRelay, group, key, effect,
    newBus(shuffle) {
      const bus = adapter.bus({ spec, database: warehousing, service: 'warehousing', log, shuffle });
      ends.push(() => bus.close(2_000));
      return bus;
    },
    async consume(bus, options = {}) {
      const handler: EventHandler = async (event, tx) => {
        await options.before?.(event, tx);
        await effect(tx, options.group ?? group(), event.id, event.data as Happened);
      };
      const consumer = new Consumer({
        database: warehousing, bus, group: options.group ?? group(), service: 'warehousing', log,
        handlers: new Map([[HAPPENED, handler]]), codecs: new Map([[HAPPENED, codecOf(HAPPENED)]]),
      });
      ends.push(() => consumer.stop());
      await consumer.start();
      return consumer;
    },
    async effects(which, consumer = group()) {
      const rows = await spec.admin('select n from warehousing.effects where consumer = $1 and key = $2 order by place', [consumer, key(which)]);
      return rows.map((row) => row['n'] as number);
    },
    publish: (...events) => auction.transaction((tx) => outbox.publish(tx, events)),
    lag: async (bus) => (await bus.lag()).reduce((sum, { records }) => sum + records, 0n),
    outboxRows: async () => Number((await spec.admin('select count(*) as n from auction.outbox'))[0]!['n']),
  };
}
