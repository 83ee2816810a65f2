import { describe, expect, it } from '@jest/globals';
import { StreamEventsRequest } from '@naru/contracts/gen/naru/gateway/v1/event_service';
import type { Call } from '@naru/platform/rpc/call';
import type { ServiceContext } from '@naru/platform/service-context';
import { Announcements } from './announcements.js';
import { EventController } from './event.controller.js';
import type { EventStore } from './event.store.js';
import type { Logged } from './merge.js';
import { BEGINNING } from './position.js';

const EVENT: Logged = { source: 'auction', position: 1n, eventId: '', type: 'naru.auction.v1.Unheard', key: 'k', payload: new Uint8Array(), time: 0, recordTime: 0 };

function open(events: readonly Logged[]) {
  const announcements = new Announcements({ onStart() {}, onStop() {} } as unknown as ServiceContext);
  const store = { heads: async () => BEGINNING, after: async (offsets: typeof BEGINNING) => events.filter((event) => event.position > offsets[event.source]) } as unknown as EventStore;
  const client = new AbortController();
  const stream = new EventController(store, announcements).streamEvents(StreamEventsRequest.fromPartial({}), { signal: client.signal } as Call);
  return { announcements, client, stream };
}

describe('a stream of events', () => {
  it('ends when its client leaves while nothing happens, and is forgotten', async () => {
    const { announcements, client, stream } = open([]);
    const waiting = (await stream).next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(announcements.listeners).toBe(1);
    client.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(announcements.listeners).toBe(0);
  });

  it('is forgotten when its reader stops between two events', async () => {
    const { announcements, stream } = open([EVENT, { ...EVENT, position: 2n }]);
    for await (const event of await stream) {
      expect(event.subject).toBe('k');
      break;
    }
    expect(announcements.listeners).toBe(0);
  });

  it('carries an event of a type that this release does not know, without data', async () => {
    const { stream } = open([EVENT]);
    const first = await (await stream).next();
    expect(first.value).toMatchObject({ type: 'naru.auction.v1.Unheard', data: undefined });
    await (await stream).return(undefined);
  });
});
