import { expect, it } from '@jest/globals';
import { seededRandom } from '@naru/kernel/random';
import { Consumer, type EventHandler, type StreamHandler } from '../consumer.js';
import { Ids } from '../ids.js';
import { type Ground, HAPPENED, type Happened, OTHER, codecOf, happened, until } from './contract-ground.js';

/** What a bus brings, in which order, and what it says of how far it is. */
export function deliveryContract(on: Ground): void {
  it('brings every event once, in the order of its key, while other keys come in any order', async () => {
    on.relay.start();
    const bus = on.newBus(seededRandom(on.serial));
    await on.consume(bus);
    const keys = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(keys.map(async (which) => {
      for (let n = 0; n < 40; n += 2) {
        await on.auction.transaction(async (tx) => {
          await tx.query('insert into state values ($1, $2) on conflict (key) do update set n = excluded.n', [on.key(which), n]);
          await on.outbox.publish(tx, [happened(on.key(which), n), happened(on.key(which), n + 1)]);
        });
      }
    }));
    for (const which of keys) {
      await until(`40 effects of ${which}`, async () => (await on.effects(which)).length >= 40);
      expect(await on.effects(which)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    }
    await until('nothing to be left', async () => (await on.lag(bus)) === 0n);
    expect(await on.outboxRows()).toBe(0);
  }, 30_000);

  it('never skips an event that commits late', async () => {
    on.relay.start();
    await on.consume(on.newBus());
    const a = Promise.withResolvers<void>();
    const drawn = Promise.withResolvers<void>();
    const late = on.auction.transaction(async (tx) => {
      await on.outbox.publish(tx, [happened(on.key('a'), 1)]);
      drawn.resolve();
      await a.promise;
    });
    await drawn.promise;
    await on.publish(happened(on.key('b'), 2));
    await until('the later id', async () => (await on.effects('b')).length === 1);
    expect(await on.effects('a')).toEqual([]);
    a.resolve();
    await late;
    await until('the earlier id that committed late', async () => (await on.effects('a')).length === 1);
  }, 30_000);

  it('removes doubles within a batch, and takes only types that have a handler', async () => {
    const consumer = await on.consume(on.newBus(), { before: async () => {} });
    const id = new Ids().next();
    const record = { topic: 'naru.auction.v1', id, type: HAPPENED, source: 'auction', key: on.key('a'), payload: happened(on.key('a'), 1).payload, time: 0, recordTime: 0, traceparent: undefined, tracestate: undefined };
    await consumer.handle([{ ...record, offset: 1n }, { ...record, offset: 2n }, { ...record, id: new Ids().next(), type: OTHER, offset: 3n }]);
    await consumer.handle([{ ...record, offset: 4n }]);
    expect(await on.effects('a')).toEqual([1]);
  }, 30_000);

  it('hands a stream over together, and parks within it the culprit alone', async () => {
    const sizes: number[] = [];
    const consumer = new Consumer({
      database: on.warehousing, bus: on.newBus(), group: on.group(), service: 'warehousing', log: on.log,
      codecs: new Map([[HAPPENED, codecOf(HAPPENED)], [OTHER, codecOf(OTHER)]]),
      handlers: new Map<string, EventHandler | StreamHandler>([
        [HAPPENED, {
          together: async (events, tx) => {
            sizes.push(events.length);
            for (const event of events) {
              await on.effect(tx, on.group(), event.id, event.data as Happened);
              if (event.key === on.key('bad')) throw new Error('bad');
            }
          },
        }],
        [OTHER, (event, tx) => on.effect(tx, on.group(), event.id, event.data as Happened)],
      ]),
    });
    const records = ([['a', 1, HAPPENED], ['b', 1, HAPPENED], ['a', 2, OTHER], ['b', 2, OTHER], ['a', 3, HAPPENED], ['b', 3, HAPPENED]] as const).map(([which, n, type], at) => ({
      ...happened(on.key(which), n, type), topic: 'naru.auction.v1', id: new Ids().next(), source: 'auction', recordTime: 0, offset: BigInt(at), traceparent: undefined, tracestate: undefined,
    }));
    await consumer.handle(records);
    expect([await on.effects('a'), await on.effects('b'), sizes]).toEqual([[1, 2, 3], [1, 2, 3], [2, 2]]);
    await consumer.handle(['c', 'bad', 'd'].map((which, at) => ({ ...records[0]!, ...happened(on.key(which), 1), id: new Ids().next(), offset: BigInt(at) })));
    expect([await on.effects('c'), await on.effects('bad'), await on.effects('d')]).toEqual([[1], [], [1]]);
    expect(await consumer.parking!.list()).toMatchObject([{ key: on.key('bad') }]);
  }, 30_000);

  it('meets the first delivery of an event again after midnight', async () => {
    const consumer = await on.consume(on.newBus());
    const [day] = await on.spec.admin(`select (date_trunc('day', now() at time zone 'UTC') + interval '1 day') at time zone 'UTC' as at`);
    const before = new Date(day!['at'] as string).getTime() - 1;
    const hex = before.toString(16).padStart(12, '0');
    const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-00000000000${on.serial % 10}`;
    const record = { topic: 'naru.auction.v1', id, type: HAPPENED, source: 'auction', key: on.key('a'), payload: happened(on.key('a'), 1).payload, time: 0, recordTime: before, traceparent: undefined, tracestate: undefined };
    await consumer.handle([{ ...record, offset: 1n }]);
    const next = `${(before + 1).toString(16).padStart(12, '0').replace(/^(.{8})(.{4})$/, '$1-$2')}-7000-8000-000000000000`;
    await consumer.handle([{ ...record, id: next, key: on.key('b'), payload: happened(on.key('b'), 1).payload, offset: 2n }]);
    await consumer.handle([{ ...record, offset: 3n }]);
    expect([await on.effects('a'), await on.effects('b')]).toEqual([[1], [1]]);
    const partitions = await on.spec.admin('select distinct tableoid::regclass::text as name from warehousing.inbox where event_id = any($1)', [[id, next]]);
    expect(partitions).toHaveLength(2);
    expect(partitions.map((row) => String(row['name'])).join()).not.toContain('default');
  }, 30_000);

  it('says how far consumers are behind', async () => {
    on.relay.start();
    const bus = on.newBus();
    const gate = Promise.withResolvers<void>();
    await on.consume(bus, { before: async (event) => ((event.data as Happened).key === on.key('a') ? gate.promise : undefined) });
    await until('what other tests left', async () => (await on.lag(bus)) === 0n);
    await on.publish(happened(on.key('a'), 1), happened(on.key('a'), 2));
    await until('two behind', async () => (await on.lag(bus)) === 2n);
    expect(await bus.lag()).toEqual([{ group: on.group(), topic: 'naru.auction.v1', records: 2n }]);
    gate.resolve();
    await until('none behind', async () => (await on.lag(bus)) === 0n);
  }, 30_000);

  it('says where its partitions end once nothing is left to publish or to consume', async () => {
    on.relay.start();
    const bus = on.newBus();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await on.consume(bus, {
      before: async (event) => {
        if ((event.data as Happened).key !== on.key('a')) return;
        begun.resolve();
        await gate.promise;
      },
    });
    const settled = async (): Promise<ReadonlyMap<string, bigint>> => {
      let ends: ReadonlyMap<string, bigint> | undefined;
      await until('the bus to settle', async () => bus.idle && (ends = await bus.settledAt()) !== undefined);
      return ends!;
    };
    const sum = (ends: ReadonlyMap<string, bigint>): bigint => [...ends.values()].reduce((all, end) => all + end, 0n);
    const before = await settled();
    await on.publish(happened(on.key('a'), 1));
    await begun.promise;
    expect([bus.idle, await bus.settledAt()]).toEqual([false, undefined]); // read, but not consumed
    gate.resolve();
    expect(sum(await settled())).toBe(sum(before) + 1n);
    await on.spec.admin(`insert into warehousing.outbox (event_id, type, key, payload, time, record_time) values (uuidv7(), 't', 'k', '', now(), now())`);
    expect(await bus.settledAt()).toBeUndefined(); // committed, but not published
    await on.spec.admin('truncate warehousing.outbox');
  }, 30_000);
}
