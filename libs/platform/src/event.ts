import { eventTypes } from '@naru/contracts/registry';
import type { Instant } from '@naru/kernel/instant';

/** The ts-proto codec of an event message. */
export interface EventCodec<T> {
  readonly $type: string;
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  fromPartial(message: Partial<T>): T;
}

/** A fact on its way out: what the outbox stores. */
export interface Occurred {
  /** Message name, `naru.auction.v1.LotSold`. */
  readonly type: string;
  /** Aggregate id: order is promised per key. */
  readonly key: string;
  readonly payload: Uint8Array;
  /** Business time. */
  readonly time: Instant;
}

/** The fact `data`, that happened at `time`. Its key is the field that the contract names. */
export function occurred<T>(codec: EventCodec<T>, data: NoInfer<T>, time: Instant): Occurred {
  const type = eventTypes.get(codec.$type);
  if (!type) throw new Error(`${codec.$type} is no event: its contract lacks the option naru.options.v1.event`);
  return { type: codec.$type, key: String((data as Record<string, unknown>)[type.key]), payload: codec.encode(data).finish(), time };
}

/** A fact as a consumer gets it. */
export interface Delivered<T> {
  readonly id: string;
  readonly type: string;
  /** The service that published it. */
  readonly source: string;
  readonly key: string;
  /** Business time. */
  readonly time: Instant;
  /** When it was recorded. */
  readonly recordTime: Instant;
  readonly data: T;
}
