import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { seededRandom } from '@naru/kernel/random';
import type { LogLine } from '../config.js';
import { Consumer, type EventHandler, type StreamHandler } from '../consumer.js';
import type { Database, Transaction } from '../database.js';
import type { EventCodec, Occurred } from '../event.js';
import { Ids } from '../ids.js';
import { Outbox } from '../outbox.js';
import { Relay, type RelayOptions } from '../relay.js';
import type { Bus } from './port.js';
import { type SpecDatabase, specDatabase } from './spec-database.js';

/** What an adapter brings to be held to the contract. */
export interface BusAdapter {
  /** A bus for `service`; `shuffle` asks for different keys in an order drawn from there, where the adapter can. */
  bus(options: { readonly spec: SpecDatabase; readonly database: Database; readonly service: string; readonly log: (line: LogLine) => void; readonly shuffle?: () => number }): Bus;
  /** How the relay of `service` reaches that bus. */
  open(options: { readonly spec: SpecDatabase; readonly service: string }): RelayOptions['open'];
}

const HAPPENED = 'naru.auction.v1.SpecHappened';
const OTHER = 'naru.auction.v1.SpecOther';

interface Happened {
  readonly key: string;
  readonly n: number;
}

function codecOf(type: string): EventCodec<unknown> {
  return {
    $type: type,
    encode: (message) => ({ finish: () => Buffer.from(JSON.stringify(message)) }),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
    fromPartial: (message) => message,
  };
}

function happened(key: string, n: number, type = HAPPENED): Occurred {
  return { type, key, payload: Buffer.from(JSON.stringify({ key, n })), time: Date.UTC(2022, 5, 23) + n };
}

/** Waits until `check` holds; fails with `what` after ten seconds. */
export async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !(await check()); ) {
    if (Date.now() > end) throw new Error(`waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The promises of the bus, its relay and its consumers together, on a real PostgreSQL. Every adapter passes it. */
export function busContract(name: string, adapter: BusAdapter): void {
  describe(`the bus contract: ${name}`, () => {
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
      auction = await spec.connect('auction');
      warehousing = await spec.connect('warehousing', 6);
      await spec.admin(`
        create table warehousing.effects (place bigint generated always as identity, consumer text not null, event_id uuid not null, key text not null, n integer not null);
        grant select, insert on warehousing.effects to warehousing_app;
        create table auction.state (key text primary key, n integer not null);
        grant select, insert, update on auction.state to auction_app`);
    }, 60_000);

    afterAll(async () => {
      await auction?.close();
      await warehousing?.close();
      await spec?.drop();
    }, 60_000);

    beforeEach(() => {
      ends = [];
      lines = [];
      relay = newRelay();
      outbox = new Outbox(new Ids(), relay.wake);
    });

    afterEach(async () => {
      for (const end of ends.reverse()) await end();
    }, 30_000);

    function newRelay(open = adapter.open({ spec, service: 'auction' })): Relay {
      const made = new Relay({ service: 'auction', open, log, pollMs: 100 });
      ends.push(() => made.stop());
      return made;
    }

    function newBus(shuffle?: () => number): Bus {
      const bus = adapter.bus({ spec, database: warehousing, service: 'warehousing', log, shuffle });
      ends.push(() => bus.close(2_000));
      return bus;
    }

    /** A consumer that writes an effect per event, and first does what `before` says. */
    async function consume(bus: Bus, options: { group?: string; before?: EventHandler; types?: readonly string[] } = {}): Promise<Consumer> {
      const handler: EventHandler = async (event, tx) => {
        await options.before?.(event, tx);
        await effect(tx, options.group ?? group(), event.id, event.data as Happened);
      };
      const types = options.types ?? [HAPPENED];
      const consumer = new Consumer({
        database: warehousing, bus, group: options.group ?? group(), service: 'warehousing', log,
        handlers: new Map(types.map((type) => [type, handler])), codecs: new Map(types.map((type) => [type, codecOf(type)])),
      });
      ends.push(() => consumer.stop());
      await consumer.start();
      return consumer;
    }

    /** The group of the running test: each begins at the start of the topic, and looks at its own keys only. */
    const group = (): string => `group-${serial}`;
    const key = (which: string): string => `${serial}-${which}`;
    beforeEach(() => void serial++);

    async function effect(tx: Transaction, consumer: string, id: string, data: Happened): Promise<void> {
      await tx.query('insert into effects (consumer, event_id, key, n) values ($1, $2, $3, $4)', [consumer, id, data.key, data.n]);
    }

    async function effects(which: string, consumer = group()): Promise<number[]> {
      const rows = await spec.admin('select n from warehousing.effects where consumer = $1 and key = $2 order by place', [consumer, key(which)]);
      return rows.map((row) => row['n'] as number);
    }

    const publish = (...events: Occurred[]): Promise<readonly string[]> => auction.transaction((tx) => outbox.publish(tx, events));
    const lag = async (bus: Bus): Promise<bigint> => (await bus.lag()).reduce((sum, { records }) => sum + records, 0n);
    const outboxRows = async (): Promise<number> => Number((await spec.admin('select count(*) as n from auction.outbox'))[0]!['n']);

    it('brings every event once, in the order of its key, while other keys come in any order', async () => {
      relay.start();
      const bus = newBus(seededRandom(serial));
      await consume(bus);
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(keys.map(async (which) => {
        for (let n = 0; n < 40; n += 2) {
          await auction.transaction(async (tx) => {
            await tx.query('insert into state values ($1, $2) on conflict (key) do update set n = excluded.n', [key(which), n]);
            await outbox.publish(tx, [happened(key(which), n), happened(key(which), n + 1)]);
          });
        }
      }));
      for (const which of keys) {
        await until(`40 effects of ${which}`, async () => (await effects(which)).length >= 40);
        expect(await effects(which)).toEqual(Array.from({ length: 40 }, (_, n) => n));
      }
      await until('nothing to be left', async () => (await lag(bus)) === 0n);
      expect(await outboxRows()).toBe(0);
    }, 30_000);

    it('never skips an event that commits late', async () => {
      relay.start();
      await consume(newBus());
      const a = Promise.withResolvers<void>();
      const drawn = Promise.withResolvers<void>();
      const late = auction.transaction(async (tx) => {
        await outbox.publish(tx, [happened(key('a'), 1)]);
        drawn.resolve();
        await a.promise;
      });
      await drawn.promise;
      await publish(happened(key('b'), 2));
      await until('the later id', async () => (await effects('b')).length === 1);
      expect(await effects('a')).toEqual([]);
      a.resolve();
      await late;
      await until('the earlier id that committed late', async () => (await effects('a')).length === 1);
    }, 30_000);

    it('parks the key of a poison event and lets others go on; a replay takes them in order', async () => {
      relay.start();
      let poison = true;
      const consumer = await consume(newBus(), {
        before: async (event, tx) => {
          const { key: of, n } = event.data as Happened;
          if (poison && of === key('bad') && n === 2) await tx.query('select 1 / 0');
        },
      });
      await publish(...[1, 2, 3].flatMap((n) => [happened(key('bad'), n), happened(key('good'), n)]));
      await until('the good key', async () => (await effects('good')).length === 3);
      await publish(happened(key('bad'), 4), happened(key('good'), 4));
      await until('the good key again', async () => (await effects('good')).length === 4);
      expect(await effects('bad')).toEqual([1]);
      await until('three parked events', async () => (await consumer.parking!.list())[0]?.events === 3n);
      const [parked] = await consumer.parking!.list();
      expect(parked).toMatchObject({ key: key('bad'), firstEvent: { type: HAPPENED } });
      expect(parked!.error).toContain('division by zero');

      expect((await consumer.parking!.replay(key('bad')))[0]!.error).toContain('division by zero');
      poison = false;
      expect(await consumer.parking!.replay()).toEqual([{ key: key('bad'), replayed: 3, error: undefined }]);
      expect(await effects('bad')).toEqual([1, 2, 3, 4]);
      expect(await consumer.parking!.list()).toEqual([]);
      await publish(happened(key('bad'), 5));
      await until('the key to go on', async () => (await effects('bad')).length === 5);
    }, 30_000);

    it('tries a parked key again by itself', async () => {
      relay.start();
      let failures = 2;
      await consume(newBus(), {
        before: async (event) => {
          if ((event.data as Happened).key === key('a') && failures-- > 0) throw new Error('not yet');
        },
      });
      await publish(happened(key('a'), 1));
      await until('the second try', async () => (await effects('a')).length === 1);
    }, 30_000);

    it('parks nothing for a failure that time heals', async () => {
      relay.start();
      let failures = 3;
      const consumer = await consume(newBus(), {
        before: async (event, tx) => {
          if ((event.data as Happened).key === key('a') && failures-- > 0) await tx.query(`do $$ begin raise exception using errcode = '53300', message = 'too many connections'; end $$`);
        },
      });
      await publish(happened(key('a'), 1), happened(key('a'), 2));
      await until('both', async () => (await effects('a')).length === 2);
      expect(await consumer.parking!.list()).toEqual([]);
      expect(await effects('a')).toEqual([1, 2]);
    }, 30_000);

    it('puts the check of a deferred constraint on the event that breaks it', async () => {
      await spec.admin(`
        create table warehousing.allowed (n integer primary key);
        insert into warehousing.allowed values (1), (3);
        create table warehousing.checked (key text, n integer references warehousing.allowed deferrable initially deferred);
        grant insert on warehousing.checked to warehousing_app`);
      relay.start();
      const consumer = await consume(newBus(), {
        before: async (event, tx) => {
          const { key: of, n } = event.data as Happened;
          if (of.startsWith(`${serial}-`)) await tx.query('insert into checked values ($1, $2)', [of, n]);
        },
      });
      await publish(happened(key('a'), 1), happened(key('b'), 2), happened(key('c'), 3));
      await until('the last', async () => (await effects('c')).length === 1);
      expect([await effects('a'), await effects('b')]).toEqual([[1], []]);
      expect(await consumer.parking!.list()).toMatchObject([{ key: key('b') }]);
    }, 30_000);

    it('removes doubles within a batch, and takes only types that have a handler', async () => {
      const consumer = await consume(newBus(), { before: async () => {} });
      const id = new Ids().next();
      const record = { topic: 'naru.auction.v1', id, type: HAPPENED, source: 'auction', key: key('a'), payload: happened(key('a'), 1).payload, time: 0, recordTime: 0, traceparent: undefined, tracestate: undefined };
      await consumer.handle([{ ...record, offset: 1n }, { ...record, offset: 2n }, { ...record, id: new Ids().next(), type: OTHER, offset: 3n }]);
      await consumer.handle([{ ...record, offset: 4n }]);
      expect(await effects('a')).toEqual([1]);
    }, 30_000);

    it('hands a stream over together, and parks within it the culprit alone', async () => {
      const sizes: number[] = [];
      const consumer = new Consumer({
        database: warehousing, bus: newBus(), group: group(), service: 'warehousing', log,
        codecs: new Map([[HAPPENED, codecOf(HAPPENED)], [OTHER, codecOf(OTHER)]]),
        handlers: new Map<string, EventHandler | StreamHandler>([
          [HAPPENED, {
            together: async (events, tx) => {
              sizes.push(events.length);
              for (const event of events) {
                await effect(tx, group(), event.id, event.data as Happened);
                if (event.key === key('bad')) throw new Error('bad');
              }
            },
          }],
          [OTHER, (event, tx) => effect(tx, group(), event.id, event.data as Happened)],
        ]),
      });
      const records = ([['a', 1, HAPPENED], ['b', 1, HAPPENED], ['a', 2, OTHER], ['b', 2, OTHER], ['a', 3, HAPPENED], ['b', 3, HAPPENED]] as const).map(([which, n, type], at) => ({
        ...happened(key(which), n, type), topic: 'naru.auction.v1', id: new Ids().next(), source: 'auction', recordTime: 0, offset: BigInt(at), traceparent: undefined, tracestate: undefined,
      }));
      await consumer.handle(records);
      expect([await effects('a'), await effects('b'), sizes]).toEqual([[1, 2, 3], [1, 2, 3], [2, 2]]);
      await consumer.handle(['c', 'bad', 'd'].map((which, at) => ({ ...records[0]!, ...happened(key(which), 1), id: new Ids().next(), offset: BigInt(at) })));
      expect([await effects('c'), await effects('bad'), await effects('d')]).toEqual([[1], [], [1]]);
      expect(await consumer.parking!.list()).toMatchObject([{ key: key('bad') }]);
    }, 30_000);

    it('meets the first delivery of an event again after midnight', async () => {
      const consumer = await consume(newBus());
      const [day] = await spec.admin(`select (date_trunc('day', now() at time zone 'UTC') + interval '1 day') at time zone 'UTC' as at`);
      const before = new Date(day!['at'] as string).getTime() - 1;
      const hex = before.toString(16).padStart(12, '0');
      const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-00000000000${serial % 10}`;
      const record = { topic: 'naru.auction.v1', id, type: HAPPENED, source: 'auction', key: key('a'), payload: happened(key('a'), 1).payload, time: 0, recordTime: before, traceparent: undefined, tracestate: undefined };
      await consumer.handle([{ ...record, offset: 1n }]);
      const next = `${(before + 1).toString(16).padStart(12, '0').replace(/^(.{8})(.{4})$/, '$1-$2')}-7000-8000-000000000000`;
      await consumer.handle([{ ...record, id: next, key: key('b'), payload: happened(key('b'), 1).payload, offset: 2n }]);
      await consumer.handle([{ ...record, offset: 3n }]);
      expect([await effects('a'), await effects('b')]).toEqual([[1], [1]]);
      const partitions = await spec.admin('select distinct tableoid::regclass::text as name from warehousing.inbox where event_id = any($1)', [[id, next]]);
      expect(partitions).toHaveLength(2);
      expect(partitions.map((row) => String(row['name'])).join()).not.toContain('default');
    }, 30_000);

    it('says how far consumers are behind', async () => {
      relay.start();
      const bus = newBus();
      const gate = Promise.withResolvers<void>();
      await consume(bus, { before: async (event) => ((event.data as Happened).key === key('a') ? gate.promise : undefined) });
      await until('what other tests left', async () => (await lag(bus)) === 0n);
      await publish(happened(key('a'), 1), happened(key('a'), 2));
      await until('two behind', async () => (await lag(bus)) === 2n);
      expect(await bus.lag()).toEqual([{ group: group(), topic: 'naru.auction.v1', records: 2n }]);
      gate.resolve();
      await until('none behind', async () => (await lag(bus)) === 0n);
    }, 30_000);

    it('loses nothing at a shutdown in the middle of a batch, and doubles nothing at the next start', async () => {
      relay.start();
      const bus = newBus();
      const begun = Promise.withResolvers<void>();
      const consumer = await consume(bus, {
        before: async (event) => {
          if ((event.data as Happened).key !== key('a')) return;
          begun.resolve();
          await new Promise((resolve) => setTimeout(resolve, 5));
        },
      });
      for (let n = 0; n < 60; n++) await publish(happened(key('a'), n));
      await begun.promise;
      await Promise.all([bus.close(5_000), relay.stop()]);
      await consumer.stop();
      const done = await effects('a');
      expect(done).toEqual(Array.from({ length: done.length }, (_, n) => n));

      newRelay().start();
      await consume(newBus());
      await until('the rest', async () => (await effects('a')).length >= 60);
      expect(await effects('a')).toEqual(Array.from({ length: 60 }, (_, n) => n));
    }, 30_000);

    it('gives up a batch that does not end in time, and brings it again', async () => {
      relay.start();
      const bus = newBus();
      const begun = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      await consume(bus, {
        before: async (event) => {
          if ((event.data as Happened).key !== key('a')) return;
          begun.resolve();
          await gate.promise;
        },
      });
      await publish(happened(key('a'), 1));
      await begun.promise;
      const started = Date.now();
      await bus.close(100);
      expect(Date.now() - started).toBeLessThan(2_000);
      await consume(newBus());
      gate.resolve();
      await until('the event', async () => (await effects('a')).length > 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await effects('a')).toEqual([1]);
    }, 30_000);

    it('delivers what a relay moved before it was killed, though nobody announced it', async () => {
      const open = adapter.open({ spec, service: 'auction' });
      const killed = newRelay(async (wake, lost) => {
        const session = await open(wake, lost);
        return { ...session, announce: () => Promise.reject(new Error('killed')), move: (limit) => session.move(limit) };
      });
      await consume(newBus());
      killed.start();
      await publish(happened(key('a'), 1));
      await until('the event', async () => (await effects('a')).length === 1);
      expect(lines.some((line) => line['error'] === 'Error: killed')).toBe(true);
    }, 30_000);

    it('closes at once when it was closed while it connected', async () => {
      const bus = newBus();
      await consume(bus);
      await bus.close(1_000);
    });

    it('lets one relay of a service work at a time, and another take over', async () => {
      const second = newRelay();
      relay.start();
      await until('the first to lead', () => relay.leading);
      second.start();
      await consume(newBus());
      await publish(happened(key('a'), 1));
      await until('the event', async () => (await effects('a')).length === 1);
      expect([relay.leading, second.leading]).toEqual([true, false]);
      await relay.stop();
      await publish(happened(key('a'), 2));
      await until('the second to take over', async () => (await effects('a')).length === 2);
      expect(second.leading).toBe(true);
    }, 30_000);

    it('goes on after every connection was cut', async () => {
      relay.start();
      await consume(newBus());
      await publish(happened(key('a'), 0));
      await until('the first', async () => (await effects('a')).length === 1);
      for (let n = 1; n <= 20; n++) {
        if (n % 7 === 0) await spec.admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name ~ '-(relay|bus)$|warehousing$'`);
        await publish(happened(key('a'), n));
      }
      await until('all', async () => (await effects('a')).length >= 21);
      expect(await effects('a')).toEqual(Array.from({ length: 21 }, (_, n) => n));
      await until('the relay to have noticed', () => lines.some((line) => line.message.includes('lost its connection')));
    }, 30_000);

    it('lets one instance of a group consume at a time', async () => {
      relay.start();
      const seen = new Set<number>();
      await Promise.all([0, 1].map((which) => consume(newBus(), { before: async (event) => void ((event.data as Happened).key === key('a') && seen.add(which)) })));
      for (let n = 0; n < 20; n++) await publish(happened(key('a'), n));
      await until('all', async () => (await effects('a')).length === 20);
      expect(seen.size).toBe(1);
    }, 30_000);
  });
}
