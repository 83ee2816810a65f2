import { type JsonObject, fromBinary, toJson } from '@bufbuild/protobuf';
import { StreamEventsResponse } from '@naru/contracts/gen/naru/gateway/v1/event_service';
import { eventTypes, registry } from '@naru/contracts/registry';
import type { LoggedRecord } from '@naru/platform/bus/reader';

/** The payload as JSON, by the contract of its type; undefined for a type or bytes that this release cannot read. */
function dataOf(event: LoggedRecord): JsonObject | undefined {
  const type = eventTypes.get(event.type);
  if (!type) return undefined;
  try {
    return toJson(type.message, fromBinary(type.message, event.payload), { alwaysEmitImplicit: true, registry }) as JsonObject;
  } catch {
    return undefined; // one unreadable record must not hold up every record after it
  }
}

export function toStreamed(event: LoggedRecord, position: string): StreamEventsResponse {
  return StreamEventsResponse.fromPartial({
    position,
    eventId: event.id,
    type: event.type,
    source: event.source,
    subject: event.key,
    time: new Date(event.time),
    recordTime: new Date(event.recordTime),
    data: dataOf(event),
  });
}
