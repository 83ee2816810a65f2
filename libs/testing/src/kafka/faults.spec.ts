import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BusAdapter, contractGround, happened, until } from '@naru/platform/bus/contract-ground';
import { applyTopics } from '@naru/platform/bus/kafka/apply-topics';
import { KafkaBus } from '@naru/platform/bus/kafka/bus';
import { kafkaClient } from '@naru/platform/bus/kafka/client';
import { KafkaLog } from '@naru/platform/bus/kafka/log';
import { KafkaPublisher } from '@naru/platform/bus/kafka/publisher';
import { toMessage } from '@naru/platform/bus/kafka/record';
import { kafkaRelay } from '@naru/platform/bus/kafka/relay';
import type { NewRecord } from '@naru/platform/bus/port';
import { Ids } from '@naru/platform/ids';
import { type Broker, startBroker } from './broker.js';
import { describeOnKafka } from './kafka.js';
import { type LossyProxy, lossyProxy } from './proxy.js';

const TOPIC = 'naru.auction.v1';
const quiet = (): void => {};

await describeOnKafka(
  'a Kafka that breaks',
  () => {
    let broker: Broker;
    let proxy: LossyProxy;

    beforeAll(async () => {
      broker = await startBroker();
      proxy = await lossyProxy(broker.address);
    }, 120_000);
    afterAll(async () => {
      proxy?.close();
      await broker?.remove();
    }, 60_000);

    /** Settings of the adapter; through the proxy an answer is missed after half a second. */
    const through = (prefix: string) => ({ brokers: [broker.address], prefix, socketFactory: proxy.socketFactory, requestTimeoutMs: 500, service: 'auction', log: quiet });
    const record = (key: string, n: number): NewRecord => ({ ...happened(key, n), topic: TOPIC, id: new Ids().next(), source: 'auction', recordTime: 0, traceparent: undefined, tracestate: undefined });

    describe('an answer that is lost', () => {
      /** What each key's partition holds after a, m1 m2 (whose answers are lost), m3 m4 and z were sent, by what `send` does. */
      async function afterLostAnswer(prefix: string, send: (numbers: readonly number[]) => Promise<void>): Promise<readonly number[]> {
        await applyTopics({ ...through(prefix), service: 'spec' });
        const logs = new KafkaLog({ brokers: [broker.address], prefix, service: 'spec', log: quiet });
        try {
          await send([0]);
          proxy.swallow = true;
          await expect(send([1, 2])).rejects.toThrow();
          expect(proxy.swallowed).toBeGreaterThan(0);
          proxy.swallow = false;
          await send([3, 4]);
          await send([5]);
          const read = await logs.read([TOPIC], new Map(), 0, 1024 * 1024);
          return read.flatMap(({ records }) => records.map(({ payload }) => (JSON.parse(Buffer.from(payload).toString()) as { n: number }).n));
        } finally {
          proxy.swallow = false;
          await logs.close();
        }
      }

      it('loses nothing and turns nothing round: what was sent may be there twice', async () => {
        const publisher = new KafkaPublisher(through('replaced.'));
        const held = await afterLostAnswer('replaced.', (numbers) => publisher.send(numbers.map((n) => record('k', n))));
        expect([...new Set(held)]).toEqual([0, 1, 2, 3, 4, 5]);
        expect(held.length).toBeGreaterThan(6);
        await publisher.close();
      }, 60_000);

      it('would lose what was acknowledged, with the idempotent producer of kafkajs kept after the failure', async () => {
        const options = through('kept.');
        const producer = kafkaClient(options).producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, retry: { retries: 3, maxRetryTime: 1_000 } });
        await producer.connect();
        const held = await afterLostAnswer('kept.', async (numbers) => void (await producer.send({ topic: `kept.${TOPIC}`, acks: -1, messages: numbers.map((n) => toMessage(record('k', n))) })));
        expect(held).toEqual([0, 1, 2, 5]); // 3 and 4 were acknowledged: the broker took them for the 1 and 2 that it had
        await producer.disconnect();
      }, 60_000);
    });

    describe('a relay and a consumer on it', () => {
      let prefix: string;
      const adapter: BusAdapter = {
        async prepare(spec) {
          prefix = `${new URL(spec.url('auction')).pathname.slice(1)}.`;
          await applyTopics({ brokers: [broker.address], prefix, service: 'spec', log: quiet });
        },
        bus: ({ database, service, log }) => new KafkaBus({ brokers: [broker.address], prefix, database, service, log }),
        open: ({ spec, service }) => kafkaRelay({ ...through(prefix), service, url: spec.url(service), topic: `naru.${service}.v1` }),
      };
      const on = contractGround(adapter);
      const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

      it('bring each event once and in order though answers are lost', async () => {
        on.relay.start();
        await on.consume(on.newBus());
        await on.publish(happened(on.key('a'), 0));
        await until('the first', async () => (await on.effects('a')).length === 1);
        proxy.swallow = true;
        await on.publish(happened(on.key('a'), 1), happened(on.key('a'), 2));
        await until('the relay to have failed', () => on.lines.some(({ message }) => message.includes('relay lost its connection')), 20_000);
        await on.publish(happened(on.key('a'), 3));
        proxy.swallow = false;
        await until('the others', async () => (await on.effects('a')).length >= 4, 20_000);
        await new Promise((resolve) => setTimeout(resolve, 500)); // doubles would come now
        expect(await on.effects('a')).toEqual(upTo(4));
        expect(await on.outboxRows()).toBe(0);
      }, 60_000);

      it.each([
        ['killed with -9 and started again', () => broker.kill(), () => broker.restart()],
        ['stopped for longer than a request may take, and let go on', () => broker.pause(), () => broker.resume()],
      ])('bring each event once and in order though the broker is %s', async (_, away, back) => {
        on.relay.start();
        await on.consume(on.newBus());
        await on.publish(happened(on.key('a'), 0));
        await until('the first', async () => (await on.effects('a')).length === 1);
        await away();
        for (let n = 1; n < 40; n++) {
          await on.publish(happened(on.key('a'), n), happened(on.key('b'), n - 1));
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
        expect((await on.effects('a')).length).toBeLessThan(40);
        await back();
        await on.publish(happened(on.key('b'), 39));
        await until('all', async () => (await on.effects('a')).length >= 40 && (await on.effects('b')).length >= 40, 60_000);
        expect([await on.effects('a'), await on.effects('b')]).toEqual([upTo(40), upTo(40)]);
        expect(await on.outboxRows()).toBe(0);
      }, 120_000);

      it('bring each event once and in order while instances come and go', async () => {
        on.relay.start();
        const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
        const taken = new Set<number>();
        const instance = (which: number) => async () => {
          taken.add(which);
          await new Promise((resolve) => setTimeout(resolve, 2));
        };
        const [first, second, third] = [on.newBus(), on.newBus(), on.newBus()] as const;
        await on.consume(first, { before: instance(0) });
        const load = (async () => {
          for (let n = 0; n < 150; n++) {
            await on.publish(...keys.map((which) => happened(on.key(which), n)));
            await new Promise((resolve) => setTimeout(resolve, 40));
          }
        })();
        const joins = (async () => {
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          await on.consume(second, { before: instance(1) });
          await new Promise((resolve) => setTimeout(resolve, 2_500));
          await first.close(2_000);
          await on.consume(third, { before: instance(2) });
        })();
        await Promise.all([load, joins]);
        for (const which of keys) {
          await until(`all of ${which}`, async () => (await on.effects(which)).length >= 150, 40_000);
          expect(await on.effects(which)).toEqual(upTo(150));
        }
        expect(taken.size).toBe(3);
      }, 120_000);

      it('pass over a message that is no event', async () => {
        const bus = on.newBus();
        await on.consume(bus);
        on.relay.start();
        const producer = kafkaClient({ brokers: [broker.address], prefix, service: 'stranger', log: quiet }).producer({ allowAutoTopicCreation: false });
        await producer.connect();
        await producer.send({ topic: prefix + TOPIC, messages: [{ key: on.key('a'), value: 'hello' }] });
        await producer.disconnect();
        await on.publish(happened(on.key('a'), 1));
        await until('the event behind it', async () => (await on.effects('a')).length === 1);
        await until('nothing to be left', async () => (await on.lag(bus)) === 0n);
        expect(on.lines.some(({ level, message }) => level === 'error' && message.includes('passed over'))).toBe(true);
      }, 30_000);

      it('begin once their topics are there', async () => {
        prefix = `late-${prefix}`;
        await on.consume(on.newBus());
        const relay = on.newRelay(adapter.open({ spec: on.spec, service: 'auction' }));
        relay.start();
        await on.publish(happened(on.key('a'), 1));
        await until('both to have failed', () => ['the consumer ended', 'the relay lost'].every((begin) => on.lines.some(({ message }) => message.startsWith(begin))), 30_000);
        await applyTopics({ brokers: [broker.address], prefix, service: 'spec', log: quiet });
        await until('the event', async () => (await on.effects('a')).length === 1, 30_000);
      }, 90_000);
    });
  },
  { own: true },
);
