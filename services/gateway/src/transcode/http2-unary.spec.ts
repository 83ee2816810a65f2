import { createHash } from 'node:crypto';
import { type ServerHttp2Stream, constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { statusOf } from '@naru/platform/rpc/status';
import { type Backend, type CallFailure, grpcBackend } from './backend.js';
import { http2Unary } from './http2-unary.js';

type Unary = Backend['unary'];
type Answer = (request: Buffer, respond: sendUnaryData<Buffer>, call: ServerUnaryCall<Buffer, Buffer>) => void;

const raw = (bytes: Buffer): Buffer => bytes;
const PATH = '/naru.test.v1.EchoService/Echo';

async function serve(answer: Answer, port = 0): Promise<{ server: Server; port: number }> {
  const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
  server.addService(
    { call: { path: PATH, requestStream: false, responseStream: false, requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw } },
    { call: (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => answer(call.request, respond, call) },
  );
  const bound = await new Promise<number>((resolve, reject) => server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, p) => (error ? reject(error) : resolve(p))));
  return { server, port: bound };
}

interface Outcome {
  readonly failure: CallFailure | null;
  readonly answer: string | undefined;
}

function outcome(unary: Unary, request: Buffer, options: { path?: string; limitMs?: number; headers?: Record<string, string>; onCall?: (cancel: () => void) => void } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const call = unary(options.path ?? PATH, request, options.headers ?? {}, Date.now() + (options.limitMs ?? 5000), (failure, answer) =>
      resolve({ failure, answer: answer && `${answer.length} ${createHash('sha256').update(answer).digest('hex')}` }),
    );
    options.onCall?.(() => call.cancel());
  });
}

describe('the lean client against grpc-js', () => {
  let server: Server;
  let clients: { unary: Unary; close(): void }[];
  const both = (ask: (unary: Unary) => Promise<Outcome>): Promise<Outcome[]> => Promise.all(clients.map(({ unary }) => ask(unary)));
  let answer: Answer;

  beforeAll(async () => {
    const served = await serve((request, respond, call) => answer(request, respond, call));
    server = served.server;
    clients = [grpcBackend(`127.0.0.1:${served.port}`), http2Unary(`127.0.0.1:${served.port}`)];
  });
  beforeEach(() => {
    answer = (request, respond) => respond(null, request);
  });
  afterAll(() => {
    for (const client of clients) client.close();
    server.forceShutdown();
  });

  it.each([0, 1, 65_535, 65_536, 3_000_000])('brings %i bytes there and back', async (size) => {
    const [expected, got] = await both((unary) => outcome(unary, Buffer.alloc(size, 'ä')));
    expect(got).toEqual(expected);
    expect(got!.failure).toBeNull();
  });

  it('brings many at once, each its own', async () => {
    const asked = Array.from({ length: 300 }, (_, i) => Buffer.from(`call ${i}`));
    const [expected, got] = await Promise.all(clients.map(({ unary }) => Promise.all(asked.map((request) => outcome(unary, request)))));
    expect(got).toEqual(expected);
    expect(new Set(got!.map((one) => one.answer)).size).toBe(300);
  });

  it('gives up an answer that is too large', async () => {
    answer = (_, respond) => respond(null, Buffer.alloc(9 * 1024 * 1024));
    const [expected, got] = await both((unary) => outcome(unary, Buffer.from('x')));
    expect(got).toEqual(expected);
    expect(got!.failure).toMatchObject({ status: status.RESOURCE_EXHAUSTED });
  });

  it('carries refusals with their details', async () => {
    answer = (_, respond) => respond(statusOf({ code: 'BID_TOO_LOW', details: { minimum: 12_000n, text: '입찰' }, why: ['e-1'] }));
    const [expected, got] = await both((unary) => outcome(unary, Buffer.from('x')));
    expect(got).toEqual(expected);
    expect(got!.failure!.statusDetails!.length).toBeGreaterThan(20);
  });

  it.each([status.INTERNAL, status.UNAVAILABLE, status.UNAUTHENTICATED, status.DATA_LOSS])('carries status %i without details', async (code) => {
    answer = (_, respond) => respond(Object.assign(new Error('나루 %'), { code, details: '나루 %' }));
    const [expected, got] = await both((unary) => outcome(unary, Buffer.from('x')));
    expect(got).toEqual(expected);
    expect(got!.failure).toMatchObject({ status: code });
  });

  it('says that a method is unknown', async () => {
    const [expected, got] = await both((unary) => outcome(unary, Buffer.from('x'), { path: '/naru.test.v1.EchoService/None' }));
    expect(got).toEqual(expected);
    expect(got!.failure).toMatchObject({ status: status.UNIMPLEMENTED });
  });

  it('ends at the deadline, and tells the service', async () => {
    const cancelled: Promise<void>[] = [];
    answer = (_, _respond, call) => void cancelled.push(new Promise((resolve) => call.on('cancelled', () => resolve())));
    const [expected, got] = await both((unary) => outcome(unary, Buffer.from('x'), { limitMs: 100 }));
    expect(got).toEqual(expected);
    expect(got!.failure).toMatchObject({ status: status.DEADLINE_EXCEEDED });
    await Promise.all(cancelled);
    expect(cancelled).toHaveLength(2);
  });

  it('is cancelled, once', async () => {
    let cancels = 0;
    answer = (_, _respond, call) => void call.on('cancelled', () => cancels++);
    const [expected, got] = await both((unary) =>
      outcome(unary, Buffer.from('x'), {
        onCall: (cancel) =>
          setTimeout(() => {
            cancel();
            cancel();
          }, 50),
      }),
    );
    expect(got).toEqual(expected);
    expect(got!.failure).toMatchObject({ status: status.CANCELLED });
    while (cancels < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('sends the same headers', async () => {
    const seen: Record<string, unknown>[] = [];
    answer = (request, respond, call) => {
      seen.push(call.metadata.getMap());
      respond(null, request);
    };
    await both((unary) => outcome(unary, Buffer.from('x'), { headers: { authorization: 'Bearer held', 'idempotency-key': 'k"1~' } }));
    for (const headers of seen) expect(headers).toMatchObject({ authorization: 'Bearer held', 'idempotency-key': 'k"1~' });
    expect(seen).toHaveLength(2);
  });
});

describe('the lean client and its connection', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  it('finds nobody there', async () => {
    const client = http2Unary('127.0.0.1:1');
    closing.push(client.close);
    for (let i = 0; i < 3; i++) expect((await outcome(client.unary, Buffer.from('x'))).failure).toMatchObject({ status: status.UNAVAILABLE });
  });

  it('connects again when the service is back', async () => {
    const first = await serve((request, respond) => respond(null, request));
    const client = http2Unary(`127.0.0.1:${first.port}`);
    closing.push(client.close);
    expect((await outcome(client.unary, Buffer.from('x'))).failure).toBeNull();
    first.server.forceShutdown();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await outcome(client.unary, Buffer.from('x'))).failure).toMatchObject({ status: status.UNAVAILABLE });
    const second = await serve((request, respond) => respond(null, request), first.port);
    closing.push(() => second.server.forceShutdown());
    expect((await outcome(client.unary, Buffer.from('x'))).failure).toBeNull();
  });

  it('lets a running call end when the service says farewell, and asks the next one over a new connection', async () => {
    let release = (): void => {};
    const first = await serve((request, respond) => (release = () => respond(null, request)));
    const client = http2Unary(`127.0.0.1:${first.port}`);
    closing.push(client.close);
    const running = outcome(client.unary, Buffer.from('x'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const gone = new Promise<void>((resolve) => first.server.tryShutdown(() => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await serve((request, respond) => respond(null, request), first.port);
    closing.push(() => second.server.forceShutdown());
    expect((await outcome(client.unary, Buffer.from('y'))).failure).toBeNull();
    release();
    expect((await running).failure).toBeNull();
    await gone;
  });

  it('fails a call whose service dies under it', async () => {
    const { server, port } = await serve(() => {});
    const client = http2Unary(`127.0.0.1:${port}`);
    closing.push(client.close);
    const running = outcome(client.unary, Buffer.from('x'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.forceShutdown();
    expect((await running).failure).toMatchObject({ status: status.UNAVAILABLE });
  });

  it('takes nothing for an answer that is none', async () => {
    const odd = createServer();
    let reply: (stream: ServerHttp2Stream) => void = () => {};
    odd.on('stream', (stream) => {
      stream.on('error', () => {});
      reply(stream);
    });
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const client = http2Unary(`127.0.0.1:${(odd.address() as AddressInfo).port}`);
    closing.push(client.close, () => odd.close());
    const cases: [typeof reply, status][] = [
      [(stream) => (stream.respond({ ':status': 503 }), stream.end('away')), status.UNAVAILABLE],
      [(stream) => (stream.respond({ ':status': 404 }), stream.end('what?')), status.INTERNAL],
      [(stream) => (stream.respond({ ':status': 200 }), stream.end('no trailers')), status.INTERNAL],
      [(stream) => stream.respond({ ':status': 200, 'grpc-status': '0' }, { endStream: true }), status.INTERNAL],
      [(stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM), status.UNAVAILABLE],
    ];
    for (const [how, expected] of cases) {
      reply = how;
      expect((await outcome(client.unary, Buffer.from('x'))).failure).toMatchObject({ status: expected });
    }
  });
});
