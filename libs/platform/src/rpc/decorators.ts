import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import type { EventCodec } from '../event.js';

/** What ts-proto generates per method. */
export interface MethodDefinition<Request, Response> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly requestDeserialize: (value: Buffer) => Request;
  readonly responseSerialize: (value: Response) => Buffer;
  readonly responseDeserialize: (value: Buffer) => Response;
}

/** How the shell runs a method. */
export type RpcMode = 'rpc' | 'command';

export interface RpcPattern {
  readonly rpc: string;
}

export interface RpcExtras {
  readonly definition: MethodDefinition<unknown, unknown>;
  readonly mode: RpcMode;
}

function handler<Request, Response>(definition: MethodDefinition<Request, Response>, mode: RpcMode): MethodDecorator {
  return (target, property, descriptor) => {
    Payload()(target, property, 0);
    Ctx()(target, property, 1);
    MessagePattern({ rpc: definition.path } satisfies RpcPattern, { definition, mode } as object)(target, property, descriptor);
  };
}

/**
 * A method that answers by itself: a read, a stream, or a command that goes through a turnstile.
 * The method gets `(request, call: Call)`; the request is validated and the caller allowed.
 */
export function Rpc<Request, Response>(definition: MethodDefinition<Request, Response>): MethodDecorator {
  return handler(definition, 'rpc');
}

/**
 * A command: the shell opens a transaction, answers a known Idempotency-Key with its first answer, and stores the answer
 * with the effect. The method gets `(request, call: CommandCall)` with `call.tx`.
 */
export function Command<Request, Response>(definition: MethodDefinition<Request, Response>): MethodDecorator {
  return handler(definition, 'command');
}

export interface EventPatternOf {
  readonly event: string;
}

/** A fact of another service becomes our effect, once: the method gets `(event: Delivered<T>, tx: Transaction)`. */
export function Consumes<T>(codec: EventCodec<T>): MethodDecorator {
  return (target, property, descriptor) => {
    Payload()(target, property, 0);
    Ctx()(target, property, 1);
    EventPattern({ event: codec.$type } satisfies EventPatternOf, { codec } as object)(target, property, descriptor);
  };
}
