import { Controller } from '@nestjs/common';
import { EventServiceService, type StreamEventsRequest, type StreamEventsResponse } from '@naru/contracts/gen/naru/gateway/v1/event_service';
import { refused } from '@naru/kernel/decision';
import { Bell } from '@naru/platform/bus/bell';
import { BusReader, type Positions } from '@naru/platform/bus/reader';
import type { Call } from '@naru/platform/rpc/call';
import { Rpc } from '@naru/platform/rpc/decorators';
import { toStreamed } from './event.message.js';
import { EventStore } from './event.store.js';
import { BEGINNING, notBeyond, positionOf, positionsOf, seen } from './position.js';

/** How long an event may wait when its announcement was lost. */
const POLL_MS = 250;

@Controller()
export class EventController {
  constructor(
    private readonly events: EventStore,
    private readonly bus: BusReader,
  ) {}

  /** Finds where to begin before it answers the stream, so that a wrong position is a refusal and no event after the answer is missed. */
  @Rpc(EventServiceService.streamEvents)
  async streamEvents(request: StreamEventsRequest, call: Call): Promise<AsyncGenerator<StreamEventsResponse>> {
    return this.#follow(await this.#beginOf(request), call.signal);
  }

  async #beginOf(request: StreamEventsRequest): Promise<Positions> {
    if (request.after !== '') return notBeyond(await this.events.heads(), positionsOf(request.after) ?? refused('INVALID_ARGUMENT'));
    return request.fromBeginning ? BEGINNING : this.events.heads();
  }

  async *#follow(from: Positions, signal: AbortSignal): AsyncGenerator<StreamEventsResponse> {
    const bell = new Bell();
    const leave = (): void => bell.ring();
    const silence = this.bus.ring(bell);
    signal.addEventListener('abort', leave);
    try {
      for (let positions = from; !signal.aborted; ) {
        const events = await this.events.after(positions);
        for (const event of events) {
          if (signal.aborted) return;
          positions = seen(positions, event);
          yield toStreamed(event, positionOf(positions));
        }
        if (events.length === 0) await bell.wait(POLL_MS);
      }
    } finally {
      signal.removeEventListener('abort', leave);
      silence();
    }
  }
}
