import { type IncomingMessage, request } from 'node:http';
import { Metadata, type ServerWritableStream } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rpcs } from '@naru/contracts/registry';
import { ANONYMOUS } from '@naru/platform/auth/verifier';
import { statusOf } from '@naru/platform/rpc/status';
import { type RunningGateway, startGateway } from '../gateway.js';
import { type EchoServices, bytesOf, startEchoServices } from './echo-services.js';

const { output } = rpcs.get('/naru.gateway.v1.EventService/StreamEvents')!.method;
type Call = ServerWritableStream<Buffer, Buffer>;

let echo: EchoServices;
let gateway: RunningGateway;
let tokenLifeMs: number;

beforeEach(async () => {
  tokenLifeMs = 60_000;
  echo = await startEchoServices();
  gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    services: echo.services,
    verify: async (authorization) => (authorization ? { caller: ANONYMOUS, issuedAt: Date.now(), expiresAt: Date.now() + tokenLifeMs, credentials: [] } : undefined),
    oidcAddress: 'http://127.0.0.1:1',
    issuer: 'http://localhost:7700/oidc',
    log: () => {},
  });
});
afterEach(async () => {
  await gateway.close(1000);
  echo.close();
});

interface Opened {
  readonly response: IncomingMessage;
  text: string;
  readonly ended: Promise<void>;
  leave(): void;
}

function open(headers: Record<string, string> = {}, path = '/v1/events'): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: gateway.port, path, headers: { authorization: 'Bearer held', ...headers }, agent: false }, (response) => {
      const ended = new Promise<void>((done) => response.on('end', done).on('error', () => done()));
      const opened: Opened = { response, text: '', ended, leave: () => outgoing.destroy() };
      response.on('data', (chunk: Buffer) => (opened.text += chunk.toString('utf8')));
      resolve(opened);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const event = (position: string, more: object = {}): Buffer => bytesOf(output, { position, eventId: 'e', type: 'naru.auction.v1.LotSold', ...more });
const events = (text: string): string[] => text.split('\n\n').filter((part) => part !== '' && !part.startsWith(':'));

describe('a stream', () => {
  it('is answered as server-sent events', async () => {
    echo.stream = (_, call) => {
      call.sendMetadata(new Metadata());
      call.write(event('p1', { data: { text: 'one\ntwo' } }));
      call.write(event('p2'));
      call.end();
    };
    const opened = await open();
    await opened.ended;
    expect(opened.response.statusCode).toBe(200);
    expect(opened.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no', 'x-content-type-options': 'nosniff' });
    const [first, second, ...rest] = events(opened.text);
    expect(first).toMatch(/^id: p1\nevent: naru\.auction\.v1\.LotSold\ndata: \{.*\}$/);
    expect(JSON.parse(first!.split('data: ')[1]!)).toMatchObject({ position: 'p1', data: { text: 'one\ntwo' } });
    expect(second).toMatch(/^id: p2\n/);
    expect(rest).toEqual([]);
  });

  it('begins at once, before the first event', async () => {
    echo.stream = (_, call) => call.sendMetadata(new Metadata());
    const opened = await open();
    expect(opened.response.statusCode).toBe(200);
    opened.leave();
    await echo.asked[0]!.cancelled;
  });

  it('resumes where Last-Event-ID says', async () => {
    echo.stream = (_, call) => call.end();
    await (await open({ 'last-event-id': 'p7' })).ended;
    await (await open({ 'last-event-id': 'p8' }, '/v1/events?after=p1&fromBeginning=true')).ended;
    expect(echo.asked.map((a) => a.request)).toEqual([{ after: 'p7' }, { after: 'p8', fromBeginning: true }]);
  });

  it('is refused with a status and a problem document before it begins', async () => {
    echo.stream = (_, call) => void call.emit('error', statusOf({ code: 'PERMISSION_DENIED', details: { permission: 'gateway:event:read' }, why: [] }));
    const opened = await open();
    await opened.ended;
    expect(opened.response.statusCode).toBe(403);
    expect(JSON.parse(opened.text)).toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('ends with an error event when it fails later, without an address in it', async () => {
    echo.stream = (_, call) => {
      call.write(event('p1'));
      call.emit('error', Object.assign(new Error('at 10.0.0.7'), { code: 13, details: 'at 10.0.0.7' }));
    };
    const opened = await open();
    await opened.ended;
    expect(events(opened.text)[1]).toBe('event: error\ndata: {"code":"INTERNAL"}');
    expect(opened.text).not.toContain('10.0.0');
  });

  it('ends with the token, quietly', async () => {
    tokenLifeMs = 150;
    echo.stream = (_, call) => call.write(event('p1'));
    const opened = await open();
    await opened.ended;
    expect(events(opened.text)).toHaveLength(1);
    await echo.asked[0]!.cancelled;
  });

  it('needs a token', async () => {
    const opened = await open({ authorization: '' });
    expect(opened.response.statusCode).toBe(401);
    expect(echo.asked).toEqual([]);
  });

  it('is cancelled when its reader leaves', async () => {
    echo.stream = (_, call) => call.write(event('p1'));
    const opened = await open();
    opened.leave();
    await echo.asked[0]!.cancelled;
  });

  it('is as slow as its reader', async () => {
    let written = 0;
    let isStopped = false;
    const subject = 'x'.repeat(100_000);
    echo.stream = (_, call: Call) => {
      call.on('cancelled', () => (isStopped = true));
      const more = (): void => {
        while (!isStopped && written < 2000) {
          written++;
          if (!call.write(event(String(written), { subject }))) return void call.once('drain', more);
        }
      };
      more();
    };
    const opened = await open();
    opened.response.pause();
    let before = -1;
    while (written !== before) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(written).toBeLessThan(1000);
    opened.response.resume();
    while (written === before) await new Promise((resolve) => setTimeout(resolve, 20));
    opened.leave();
  });
});

describe('a gateway that closes', () => {
  it('ends its streams, lets running calls end, and then is gone', async () => {
    echo.stream = (_, call) => call.write(event('p1'));
    let release = (): void => {};
    echo.answer = () => new Promise((resolve) => (release = () => resolve({})));
    const opened = await open();
    const running = open({}, '/v1/lots');
    while (echo.asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = gateway.close(3000);
    await opened.ended;
    release();
    expect((await running).response.statusCode).toBe(200);
    await closed;
    await expect(open()).rejects.toThrow();
  });

  it('waits no longer than it was told', async () => {
    echo.answer = () => new Promise(() => {});
    const running = open({}, '/v1/lots').catch(() => 'cut');
    while (echo.asked.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const begun = Date.now();
    await gateway.close(200);
    expect(Date.now() - begun).toBeLessThan(2000);
    expect(await running).toBe('cut');
  });
});
