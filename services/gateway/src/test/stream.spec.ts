import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientReadableStream, Metadata, credentials } from '@grpc/grpc-js';
import { LotListed } from '@naru/contracts/gen/naru/auction/v1/events';
import { EventServiceClient, StreamEventsRequest, type StreamEventsResponse } from '@naru/contracts/gen/naru/gateway/v1/event_service';
import { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { OrganizationRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import type { PUBLISHERS } from '@naru/contracts/registry';
import type { Role } from '@naru/contracts/roles';
import { type Occurred, occurred } from '@naru/platform/event';
import type { RunningService } from '@naru/platform/service';
import { TestIssuer } from '@naru/testing/issuer';
import { codeOf } from '@naru/testing/refusals';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { startTestService } from '@naru/testing/test-service';
import { gateway } from '../gateway.module.js';

type Publisher = (typeof PUBLISHERS)[number];

const START = Date.parse('2022-06-23T05:00:00Z');

function lotListed(position: number): Occurred {
  return occurred(LotListed, LotListed.fromPartial({ lotId: randomUUID(), position, startPrice: { currency: 'KRW', amount: 9_007_199_254_740_993n } }), START);
}

function registered(name: string): Occurred {
  return occurred(OrganizationRegistered, OrganizationRegistered.fromPartial({ organizationId: randomUUID(), name, kind: OrganizationKind.OPENER }), START);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the stream of events', () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  let service: RunningService;
  let client: EventServiceClient;
  const open = new Set<ClientReadableStream<StreamEventsResponse>>();

  beforeAll(async () => {
    database = await createTestDatabase();
    issuer = await TestIssuer.start();
    service = await startTestService(gateway, { database, issuer });
    client = new EventServiceClient(service.address, credentials.createInsecure());
  });
  afterAll(async () => {
    for (const stream of open) stream.cancel();
    client.close();
    await service.stop();
    await issuer.stop();
    await database.drop();
  });
  beforeEach(async () => {
    for (const publisher of ['auction', 'identity', 'warehousing', 'gateway']) await database.query(`delete from bus.${publisher}_log`);
  });

  const append = async (publisher: Publisher, event: Occurred, recordTime: number, announced = true): Promise<void> => {
    await database.query(`insert into bus.${publisher}_log (event_id, type, key, payload, time, record_time) values ($1, $2, $3, $4, $5, $6)`, [
      randomUUID(),
      event.type,
      event.key,
      Buffer.from(event.payload),
      new Date(event.time),
      new Date(recordTime),
    ]);
    if (announced) await database.query(`select pg_notify('naru_bus', $1)`, [`naru.${publisher}.v1`]);
  };

  const follow = async (request: Partial<StreamEventsRequest>, role: Role | 'nobody' = 'platform-operator') => {
    const metadata = new Metadata();
    if (role !== 'nobody') metadata.set('authorization', `Bearer ${await issuer.token({ organizationId: randomUUID(), roles: [role] })}`);
    const stream = client.streamEvents(StreamEventsRequest.fromPartial(request), metadata);
    open.add(stream);
    const events: StreamEventsResponse[] = [];
    const failed = new Promise<Error>((resolve) => stream.on('error', resolve));
    stream.on('data', (event: StreamEventsResponse) => events.push(event));
    const leave = (): void => {
      open.delete(stream);
      stream.cancel();
    };
    return { events, failed, leave };
  };
  const wordsOf = (events: readonly StreamEventsResponse[]): unknown[] => events.map(({ data }): unknown => data!['name'] ?? data!['position']);

  it('merges every log by record time, with the payloads as JSON of their contracts', async () => {
    await append('auction', lotListed(1), START + 10);
    await append('identity', registered('first'), START + 5);
    await append('auction', lotListed(0), START + 20);
    await append('identity', registered('last'), START + 30);
    const { events, leave } = await follow({ fromBeginning: true });
    await until('four events', () => events.length === 4);
    expect(wordsOf(events)).toEqual(['first', 1, 0, 'last']);
    expect(events[0]).toMatchObject({ type: 'naru.identity.v1.OrganizationRegistered', source: 'identity', time: new Date(START), recordTime: new Date(START + 5) });
    expect(events[0]!.data!['kind']).toBe('ORGANIZATION_KIND_OPENER');
    expect(events[2]!.data).toMatchObject({ code: '', position: 0, startPrice: { currency: 'KRW', amount: '9007199254740993' } });
    expect(events[2]!.subject).toBe(events[2]!.data!['lotId']);
    leave();
  });

  it('resumes after any position with exactly the rest, over more than one read of a log', async () => {
    for (let n = 0; n < 450; n++) await append(n % 3 === 0 ? 'auction' : 'identity', n % 3 === 0 ? lotListed(n) : registered(String(n)), START + n, false);
    const whole = await follow({ fromBeginning: true });
    await until('all', () => whole.events.length === 450);
    whole.leave();
    expect(wordsOf(whole.events).map(Number)).toEqual(Array.from({ length: 450 }, (_, n) => n));
    for (const cut of [0, 199, 300, 448]) {
      const rest = await follow({ after: whole.events[cut]!.position });
      await until('the rest', () => rest.events.length >= 449 - cut);
      rest.leave();
      expect(rest.events).toEqual(whole.events.slice(cut + 1));
    }
  });

  it('begins with the next event when nothing else is asked', async () => {
    await append('auction', lotListed(1), START);
    const { events, leave } = await follow({});
    await until('a new event', async () => {
      await append('auction', lotListed(2), START + 1);
      return events.length > 0;
    });
    expect(wordsOf(events)).not.toContain(1);
    leave();
  });

  it('delivers what nobody announced', async () => {
    const { events, leave } = await follow({ fromBeginning: true });
    await append('warehousing', lotListed(7), START, false);
    await until('the event', () => events.length === 1);
    leave();
  });

  it('listens once for all, and again when the connection is cut', async () => {
    const listening = async (): Promise<number[]> =>
      (await database.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and application_name = 'naru-gateway-events'`)).map((row) => row.pid);
    const streams = await Promise.all([0, 1, 2].map(() => follow({ fromBeginning: true })));
    await until('the connection', async () => (await listening()).length === 1);
    const [before] = await listening();
    await database.query('select pg_terminate_backend($1)', [before]);
    await append('auction', lotListed(3), START);
    await until('the event', () => streams.every(({ events }) => events.length === 1));
    await until('another connection', async () => (await listening()).some((pid) => pid !== before));
    for (const { leave } of streams) leave();
  });

  it('refuses a position that is none of its own', async () => {
    const { failed } = await follow({ after: 'yesterday' });
    expect(codeOf(await failed)).toBe('INVALID_ARGUMENT');
  });

  it('is for the operator of the platform', async () => {
    expect(codeOf(await (await follow({}, 'market-operator')).failed)).toBe('PERMISSION_DENIED');
    expect(codeOf(await (await follow({}, 'nobody')).failed)).toBe('UNAUTHENTICATED');
  });
});
