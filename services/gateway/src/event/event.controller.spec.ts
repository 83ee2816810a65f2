import { describe, expect, it } from '@jest/globals';
import { StreamEventsRequest } from '@naru/contracts/gen/naru/gateway/v1/event_service';
import type { Bell } from '@naru/platform/bus/bell';
import { BusReader, type LoggedRecord, type Positions, type Slice } from '@naru/platform/bus/reader';
import type { Call } from '@naru/platform/rpc/call';
import { EventController } from './event.controller.js';
import { EventStore } from './event.store.js';

const EVENT: LoggedRecord = { topic: 'naru.auction.v1', partition: 0, offset: 1n, id: '', type: 'naru.auction.v1.Unheard', source: 'auction', key: 'k', payload: new Uint8Array(), time: 0, recordTime: 0, traceparent: undefined, tracestate: undefined };

/** A bus that holds `records` of one partition and announces nothing. */
class Held extends BusReader {
  listeners = 0;

  constructor(private readonly records: readonly LoggedRecord[]) {
    super();
  }

  async heads(): Promise<Positions> {
    return new Map();
  }

  async after(positions: Positions): Promise<readonly Slice[]> {
    return [{ records: this.records.filter(({ topic, offset }) => offset > (positions.get(topic)?.[0] ?? 0n)), hasMore: false }];
  }

  ring(_bell: Bell): () => void {
    this.listeners++;
    return () => void this.listeners--;
  }

  async close(): Promise<void> {}
}

function open(records: readonly LoggedRecord[]) {
  const bus = new Held(records);
  const client = new AbortController();
  const stream = new EventController(new EventStore(bus), bus).streamEvents(StreamEventsRequest.fromPartial({}), { signal: client.signal } as Call);
  return { bus, client, stream };
}

describe('a stream of events', () => {
  it('ends when its client leaves while nothing happens, and is forgotten', async () => {
    const { bus, client, stream } = open([]);
    const waiting = (await stream).next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(bus.listeners).toBe(1);
    client.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(bus.listeners).toBe(0);
  });

  it('is forgotten when its reader stops between two events', async () => {
    const { bus, stream } = open([EVENT, { ...EVENT, offset: 2n }]);
    for await (const event of await stream) {
      expect(event.subject).toBe('k');
      break;
    }
    expect(bus.listeners).toBe(0);
  });

  it('carries an event of a type that this release does not know, without data', async () => {
    const { stream } = open([EVENT]);
    const first = await (await stream).next();
    expect(first.value).toMatchObject({ type: 'naru.auction.v1.Unheard', data: undefined });
    await (await stream).return(undefined);
  });
});
