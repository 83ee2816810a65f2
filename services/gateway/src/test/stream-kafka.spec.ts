import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ClientReadableStream, Metadata, credentials } from '@grpc/grpc-js';
import { EventServiceClient, StreamEventsRequest, type StreamEventsResponse } from '@naru/contracts/gen/naru/gateway/v1/event_service';
import { OrganizationRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import { topicOf } from '@naru/contracts/registry';
import { applyTopics, dropTopics } from '@naru/platform/bus/kafka/apply-topics';
import { KafkaPublisher } from '@naru/platform/bus/kafka/publisher';
import { PARTITIONS } from '@naru/platform/bus/topics';
import { occurred } from '@naru/platform/event';
import type { RunningService } from '@naru/platform/service';
import { TestIssuer } from '@naru/testing/issuer';
import { describeOnKafka, testKafka } from '@naru/testing/kafka/kafka';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { startTestService } from '@naru/testing/test-service';
import { gateway } from '../gateway.module.js';

const START = Date.parse('2022-06-23T05:00:00Z');

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

await describeOnKafka('the stream of events on Kafka', () => {
  const prefix = `stream-${randomUUID().slice(0, 8)}.`;
  let brokers: readonly string[];
  let database: TestDatabase;
  let issuer: TestIssuer;
  let service: RunningService;
  let client: EventServiceClient;
  let publisher: KafkaPublisher;
  const open = new Set<ClientReadableStream<StreamEventsResponse>>();
  const options = () => ({ brokers, prefix, service: 'spec', log: () => {} });

  beforeAll(async () => {
    brokers = await testKafka();
    await applyTopics(options());
    publisher = new KafkaPublisher(options());
    database = await createTestDatabase();
    issuer = await TestIssuer.start();
    service = await startTestService(gateway, { database, issuer, config: { kafka: { brokers, prefix } } });
    client = new EventServiceClient(service.address, credentials.createInsecure());
  }, 120_000);
  afterAll(async () => {
    for (const stream of open) stream.cancel();
    client?.close();
    await service?.stop();
    await issuer?.stop();
    await publisher?.close();
    await dropTopics(options());
    await database?.drop();
  });

  /** Publishes organizations of these names, each with an id, and so a partition, of its own. */
  const publish = (service: string, names: readonly string[], from: number): Promise<void> =>
    publisher.send(names.map((name, i) => {
      const event = occurred(OrganizationRegistered, OrganizationRegistered.fromPartial({ organizationId: randomUUID(), name }), START);
      return { ...event, topic: topicOf(service), id: randomUUID(), source: service, recordTime: from + i, traceparent: undefined, tracestate: undefined };
    }));

  const follow = async (request: Partial<StreamEventsRequest>) => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await issuer.token({ organizationId: randomUUID(), roles: ['platform-operator'] })}`);
    const stream = client.streamEvents(StreamEventsRequest.fromPartial(request), metadata);
    open.add(stream);
    const events: StreamEventsResponse[] = [];
    stream.on('error', () => {}); // cancelled at the end
    stream.on('data', (event: StreamEventsResponse) => events.push(event));
    const begun = new Promise((resolve) => stream.once('metadata', resolve));
    const leave = (): void => {
      open.delete(stream);
      stream.cancel();
    };
    return { events, begun, leave };
  };
  const namesOf = (events: readonly StreamEventsResponse[]): readonly string[] => events.map(({ data }) => String(data!['name']));

  it('begins with the next event, delivers it without being asked again, and merges every partition from the beginning', async () => {
    const live = await follow({});
    await live.begun;
    const names = Array.from({ length: 300 }, (_, n) => String(n));
    for (let n = 0; n < 300; n += 50) await publish(n % 100 === 0 ? 'auction' : 'identity', names.slice(n, n + 50), START + n);
    await until('all of them', () => live.events.length === 300);
    live.leave();
    expect(new Set(namesOf(live.events))).toEqual(new Set(names));

    const whole = await follow({ fromBeginning: true });
    await until('all', () => whole.events.length === 300);
    whole.leave();
    expect(namesOf(whole.events)).toEqual(names); // in the order of their record times
    const last = JSON.parse(Buffer.from(whole.events.at(-1)!.position, 'base64url').toString()) as Record<string, string>;
    expect(last['auction']!.split('.')).toHaveLength(PARTITIONS);
    expect(Object.values(last).flatMap((offsets) => offsets.split('.')).reduce((sum, offset) => sum + Number(offset), 0)).toBe(300);

    for (const cut of [0, 99, 199, 298]) {
      const rest = await follow({ after: whole.events[cut]!.position });
      await until('the rest', () => rest.events.length >= 299 - cut);
      rest.leave();
      expect(rest.events).toEqual(whole.events.slice(cut + 1));
    }
  });

  it('begins where a topic ends, for a position that is beyond it', async () => {
    const beyond = Buffer.from(JSON.stringify({ warehousing: Array.from({ length: PARTITIONS }, () => '999999').join('.') })).toString('base64url');
    const stream = await follow({ after: beyond });
    await stream.begun;
    await until('what the other topics hold', () => stream.events.length === 300);
    await publish('warehousing', ['new'], START + 1_000);
    await until('the new one', () => stream.events.length === 301);
    expect(namesOf(stream.events).at(-1)).toBe('new');
    stream.leave();
  });
});
