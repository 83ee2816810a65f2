import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type ServerWritableStream, type ServiceError, type sendUnaryData } from '@grpc/grpc-js';
import { type DescMessage, type JsonObject, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { registry, rpcs } from '@naru/contracts/registry';

/** What a service was asked. */
export interface Asked {
  readonly path: string;
  readonly request: JsonObject;
  readonly bytes: Buffer;
  readonly metadata: Metadata;
  readonly cancelled: Promise<void>;
}

/** What a service answers: JSON of the response, bytes, or a throw. */
export type Answer = (asked: Asked) => JsonObject | Buffer | Promise<JsonObject | Buffer>;
export type StreamAnswer = (asked: Asked, call: ServerWritableStream<Buffer, Buffer>) => void;

/** Every service of the contracts behind one port, as scripted by a test. */
export interface EchoServices {
  readonly services: ReadonlyMap<string, string>;
  readonly asked: Asked[];
  /** By default an empty response. */
  answer: Answer;
  stream: StreamAnswer;
  /** grpc.health.v1 status: 1 is SERVING. */
  health: number;
  close(): void;
}

const raw = (bytes: Buffer): Buffer => bytes;

/** Bytes of a response that is written as JSON. */
export function bytesOf(message: DescMessage, json: JsonObject): Buffer {
  return Buffer.from(toBinary(message, fromJson(message, json, { registry })));
}

export async function startEchoServices(): Promise<EchoServices> {
  const server = new Server();
  const asked: Asked[] = [];
  const echo = { asked, health: 1, answer: (() => ({})) as Answer, stream: ((_, call) => call.end()) as StreamAnswer, close: () => server.forceShutdown() };

  const hear = (path: string, call: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>): Asked => {
    const { input } = rpcs.get(path)!.method;
    const request = toJson(input, fromBinary(input, call.request), { registry }) as JsonObject;
    const cancelled = new Promise<void>((resolve) => call.on('cancelled', () => resolve()));
    const heard = { path, request, bytes: call.request, metadata: call.metadata, cancelled };
    asked.push(heard);
    return heard;
  };
  for (const [path, { method }] of rpcs) {
    const responseStream = method.methodKind === 'server_streaming';
    const answer = async (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): Promise<void> => {
      try {
        const answered = await echo.answer(hear(path, call));
        respond(null, Buffer.isBuffer(answered) ? answered : bytesOf(method.output, answered));
      } catch (error) {
        respond(error as Partial<ServiceError>);
      }
    };
    const unary = (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => void answer(call, respond);
    const stream = (call: ServerWritableStream<Buffer, Buffer>): void => echo.stream(hear(path, call), call);
    server.addService(
      { call: { path, requestStream: false, responseStream, requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw } },
      { call: responseStream ? stream : unary },
    );
  }
  server.addService(
    { check: { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false, requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw } },
    { check: (_: unknown, respond: sendUnaryData<Buffer>) => respond(null, Buffer.from([0x08, echo.health])) },
  );
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
  const names = new Set([...rpcs.values()].map((rpc) => rpc.service));
  return Object.assign(echo, { services: new Map([...names].map((name) => [name, `127.0.0.1:${port}`])) });
}
