import { Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ANONYMOUS } from '@naru/platform/auth/verifier';
import { type FieldViolation, statusOf } from '@naru/platform/rpc/status';
import { type RunningGateway, startGateway } from '../gateway.js';
import { type EchoServices, startEchoServices } from './echo-services.js';
import { exchange } from './http.js';

const LOT = '01890a5d-ac96-774b-bcce-b302099a8057';
const TOKEN = { authorization: 'Bearer held' };
const KEY = { ...TOKEN, 'idempotency-key': 'k-1' };

let echo: EchoServices;
let gateway: RunningGateway;
let url: string;
const unauthenticated: string[] = [];
const logged: unknown[] = [];

beforeAll(async () => {
  echo = await startEchoServices();
  gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    services: echo.services,
    verify: async (authorization) => (authorization === 'Bearer held' ? { caller: ANONYMOUS, issuedAt: Date.now(), expiresAt: Date.now() + 60_000, credentials: [] } : undefined),
    onUnauthenticated: (method) => unauthenticated.push(method),
    oidcAddress: 'http://127.0.0.1:1',
    issuer: 'http://localhost:7700/oidc',
    log: (line) => logged.push(line),
    callLimitMs: 3000,
  });
  url = `http://127.0.0.1:${gateway.port}`;
});
afterAll(async () => {
  await gateway?.close(1000);
  echo?.close();
});
beforeEach(() => {
  echo.asked.length = 0;
  echo.answer = () => ({});
  echo.health = 1;
  logged.length = 0;
});

const get = (path: string, headers: Record<string, string | string[]> = TOKEN) => exchange(url, 'GET', path, headers);
const post = (path: string, body: unknown, headers: Record<string, string | string[]> = KEY) => exchange(url, 'POST', path, headers, typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
const bid = (limit: unknown, more: object = {}) => post(`/v1/lots/${LOT}/bids`, { limit, ...more });
const fields = (text: string) => (JSON.parse(text) as { errors: FieldViolation[] }).errors.map((e) => [e.field, e.code]);
const MONEY = { currency: 'KRW', amount: '12000' };

describe('a request becomes a message', () => {
  it('takes path variables, and the body for the rest', async () => {
    const answer = await bid(MONEY);
    expect(answer.status).toBe(200);
    expect(echo.asked[0]).toMatchObject({ path: '/naru.auction.v1.LotService/PlaceBid', request: { lotId: LOT, limit: MONEY } });
  });

  it('tells a command of a resource from the resource', async () => {
    await post(`/v1/lots/${LOT}:withdraw`, { reason: 'spoilt' });
    await get(`/v1/lots/${LOT}`);
    expect(echo.asked.map((a) => a.path.split('/')[2])).toEqual(['WithdrawLot', 'GetLot']);
  });

  it('knows no command that the contract lacks, for any verb', async () => {
    for (const answer of [await get(`/v1/lots/${LOT}:foo`), await post(`/v1/lots/${LOT}:foo`, {}), await post('/v1/lots:batchCreate', {})]) {
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
    expect(echo.asked).toEqual([]);
  });

  it.each(['/v1/lots?sessionId=S&phase=LOT_PHASE_OPEN&pageSize=7', '/v1/lots?session_id=S&phase=LOT_PHASE_OPEN&page_size=7'])('reads the query in both spellings: %s', async (path) => {
    expect((await get(path)).status).toBe(200);
    expect(echo.asked[0]!.request).toEqual({ sessionId: 'S', phase: 'LOT_PHASE_OPEN', pageSize: 7 });
  });

  it.each([
    ['an unknown field', '?colour=red', 'colour', 'unknown'],
    ['a field twice', '?pageSize=1&pageSize=2', 'pageSize', 'twice'],
    ['a field in both spellings', '?pageSize=1&page_size=2', 'pageSize', 'twice'],
    ['the number of an enum value', '?phase=3', 'phase', 'enum'],
    ['a value that the enum lacks', '?phase=LOT_PHASE_LOST', 'phase', 'enum'],
    ['a number that is none', '?pageSize=many', 'pageSize', 'type'],
    ['a number beyond 32 bits', '?pageSize=4294967296', 'pageSize', 'range'],
    ['a name of the prototype', '?__proto__=x', '__proto__', 'unknown'],
  ])('refuses %s in a query', async (_, query, field, code) => {
    const answer = await get(`/v1/lots${query}`);
    expect(answer.status).toBe(400);
    expect(fields(answer.text)).toEqual([[field, code]]);
  });

  it.each(['lotId', 'lot_id'])('refuses %s in the body: the path says it', async (name) => {
    const answer = await bid(MONEY, { [name]: LOT });
    expect(answer.status).toBe(400);
    expect(fields(answer.text)).toEqual([['lotId', 'path']]);
  });

  it.each([
    ['a number that JSON cannot hold exactly', '{"limit":{"currency":"KRW","amount":9007199254740993}}', 'limit.amount', 'unsafe'],
    ['2^63', '{"limit":{"currency":"KRW","amount":"9223372036854775808"}}', 'limit.amount', 'range'],
    ['a fraction', '{"limit":{"currency":"KRW","amount":1.5}}', 'limit.amount', 'type'],
    ['an exponent in a string', '{"limit":{"currency":"KRW","amount":"1e3"}}', 'limit.amount', 'type'],
    ['null', '{"limit":null}', 'limit', 'type'],
    ['an array for an object', '{"limit":[]}', 'limit', 'type'],
    ['an object for a string', '{"limit":{"currency":{},"amount":"1"}}', 'limit.currency', 'type'],
    ['an unknown field', '{"limit":{"currency":"KRW","amount":"1"},"colour":"red"}', 'colour', 'unknown'],
    ['an unknown field within', '{"limit":{"currency":"KRW","amount":"1","units":1}}', 'limit.units', 'unknown'],
    ['a prototype', '{"limit":{"currency":"KRW","amount":"1"},"__proto__":{"x":1}}', '__proto__', 'unknown'],
    ['half a character', '{"limit":{"currency":"\\ud800","amount":"1"}}', 'limit.currency', 'unicode'],
    ['an array for the whole', '[]', '', 'type'],
    ['a string for the whole', '"x"', '', 'type'],
    ['null for the whole', 'null', '', 'type'],
    ['what is not JSON', '{"limit":', '', 'json'],
  ])('refuses %s', async (_, body, field, code) => {
    const answer = await post(`/v1/lots/${LOT}/bids`, body);
    expect([answer.status, fields(answer.text)]).toEqual([400, [[field, code]]]);
    expect(echo.asked).toEqual([]);
  });

  it.each(['2022-02-30T00:00:00Z', '2022-01-01T24:00:00Z', '9999-12-31T23:59:59-01:00', '2022-01-01', '2022-01-01T00:00:00', '2022-01-01T00:00:00+99:99', '0000-01-01T00:00:00Z'])(
    'refuses %s as an instant',
    async (licensedUntil) => {
      const answer = await post(`/v1/markets/${LOT}/bidders`, { organizationId: LOT, categories: [], licensedUntil, depositAmount: '1', creditAmount: '1' });
      expect([answer.status, fields(answer.text)]).toEqual([400, [['licensedUntil', 'timestamp']]]);
    },
  );

  it('passes 64-bit edges on exactly', async () => {
    for (const amount of ['9223372036854775807', '-9223372036854775808', '9007199254740993']) expect((await bid({ currency: 'KRW', amount })).status).toBe(200);
    expect(echo.asked.map((a) => (a.request['limit'] as typeof MONEY).amount)).toEqual(['9223372036854775807', '-9223372036854775808', '9007199254740993']);
  });

  it('takes an empty body for none, whatever its content type', async () => {
    for (const headers of [KEY, { ...KEY, 'content-type': 'application/json' }, { ...KEY, 'content-type': 'text/plain' }]) expect((await post(`/v1/sessions/${LOT}:start`, '', headers)).status).toBe(200);
    expect(echo.asked[0]!.request).toEqual({ sessionId: LOT });
  });

  it('refuses bytes that are not UTF-8', async () => {
    const answer = await post(`/v1/lots/${LOT}:withdraw`, Buffer.from('{"reason":"\xff"}', 'latin1'));
    expect([answer.status, fields(answer.text)]).toEqual([400, [['', 'json']]]);
  });

  it('names several faults at once', async () => {
    expect(fields((await bid({ currency: 1, amount: true })).text)).toEqual([
      ['limit.currency', 'type'],
      ['limit.amount', 'type'],
    ]);
  });

  it('survives deep nesting', async () => {
    const answer = await post(`/v1/lots/${LOT}/bids`, `{"limit":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`);
    expect(answer.status).toBe(400);
  });

  it('refuses 10 MB without reading it as JSON', async () => {
    const answer = await post(`/v1/lots/${LOT}/bids`, `"${'x'.repeat(10 * 1024 * 1024)}"`);
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', detail: 'The body is larger than 4194304 bytes.' });
  });
});

describe('a message becomes an answer', () => {
  it('gives the field that the contract names, zero values too', async () => {
    echo.answer = () => ({ bid: { lotId: LOT, limit: { currency: 'KRW', amount: '9007199254740993' } } });
    const answer = await bid(MONEY);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.text)).toEqual({ lotId: LOT, sequence: '0', organizationId: '', limit: { currency: 'KRW', amount: '9007199254740993' }, leading: false });
  });

  it('gives lists whole', async () => {
    expect(JSON.parse((await get('/v1/lots')).text)).toEqual({ lots: [], nextPageToken: '' });
  });

  it('carries four fixed headers', async () => {
    expect((await get('/v1/lots')).headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
  });

  it('writes an enum value that a newer service knows as unspecified', async () => {
    echo.answer = () => Buffer.from([0x0a, 0x02, 0x50, 0x63]); // lot { phase: 99 }
    expect(JSON.parse((await get(`/v1/lots/${LOT}`)).text)).toMatchObject({ phase: 'LOT_PHASE_UNSPECIFIED' });
  });
});

describe('headers', () => {
  it('passes on an allow-list alone', async () => {
    await post(`/v1/lots/${LOT}/bids`, { limit: MONEY }, { ...KEY, 'if-match': '"3"', 'accept-language': 'ko', 'naru-caller-bin': 'AAAA', 'x-other': '1', cookie: 'a=b' });
    const { metadata } = echo.asked[0]!;
    expect(metadata.getMap()).toMatchObject({ authorization: 'Bearer held', 'idempotency-key': 'k-1', 'if-match': '"3"', 'accept-language': 'ko' });
    for (const name of ['naru-caller-bin', 'x-other', 'cookie']) expect(metadata.get(name)).toEqual([]);
  });

  it.each(['accept-language', 'if-match'])('refuses %s that is not printable ASCII', async (name) => {
    const answer = await get('/v1/lots', { ...TOKEN, [name]: 'caf\xe9' });
    expect([answer.status, fields(answer.text)]).toEqual([400, [[name, 'header']]]);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(65), '\xe9'])('needs an Idempotency-Key where the contract says so: %j', async (key) => {
    const answer = await post(`/v1/lots/${LOT}/bids`, { limit: MONEY }, { ...TOKEN, 'idempotency-key': key });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { code: 'IDEMPOTENCY_KEY_MISSING' }]);
  });

  it('takes one key, not two', async () => {
    expect((await post(`/v1/lots/${LOT}/bids`, { limit: MONEY }, { ...TOKEN, 'idempotency-key': ['a', 'b'] })).status).toBe(400);
  });
});

describe('who calls', () => {
  it.each([[{}], [{ authorization: 'Bearer other' }], [{ authorization: 'Bearer \xe9' }]])('answers 401 before any call, and before the body is read: %j', async (headers) => {
    unauthenticated.length = 0;
    const answer = await post(`/v1/lots/${LOT}/bids`, '{', headers);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    expect(echo.asked).toEqual([]);
    expect(unauthenticated).toEqual(['/naru.auction.v1.LotService/PlaceBid']);
  });

  it('asks nobody for a token where the contract is public', async () => {
    expect((await get(`/v1/markets/${LOT}/board?businessDay=2022-06-23`, {})).status).toBe(200);
  });
});

describe('what a service refuses', () => {
  const refusing = (code: Parameters<typeof statusOf>[0]['code'], details = {}, why: string[] = [], violations: FieldViolation[] = []) => {
    echo.answer = () => Promise.reject(Object.assign(new Error(code), statusOf({ code, details, why }, violations)));
  };

  it('becomes a problem document by the table', async () => {
    refusing('BID_TOO_LOW', { minimum: 12000n }, ['e-1', 'e-2']);
    const answer = await bid(MONEY);
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(answer.text)).toMatchObject({
      type: 'urn:naru:error:BID_TOO_LOW',
      title: 'Unprocessable Content',
      status: 422,
      code: 'BID_TOO_LOW',
      detail: 'The bid must be at least 12000 minor units.',
      details: { minimum: '12000' },
      why: ['e-1', 'e-2'],
      errors: [],
    });
  });

  it.each([
    ['ko', '12000'],
    ['ko-KR,en;q=0.5', '최소'],
    ['en;q=0.3, ko;q=0.9', '최소'],
    ['fr', 'must be'],
    ['en-GB, ko;q=0.8', 'must be'],
    ['ko;q=0', 'must be'],
    ['en;q=zz,ko', '최소'],
  ])('speaks the language of %s', async (language, words) => {
    refusing('BID_TOO_LOW', { minimum: 12000n });
    expect((JSON.parse((await post(`/v1/lots/${LOT}/bids`, { limit: MONEY }, { ...KEY, 'accept-language': language })).text) as { detail: string }).detail).toContain(words);
  });

  it('keeps the faults of fields', async () => {
    refusing('INVALID_ARGUMENT', {}, [], [{ field: 'rules.increments[2].fromAmount', code: 'int64.gte', detail: 'must be at least 0' }]);
    expect(JSON.parse((await bid(MONEY)).text)).toMatchObject({ status: 400, errors: [{ field: 'rules.increments[2].fromAmount', code: 'int64.gte', detail: 'must be at least 0' }] });
  });

  it.each([
    ['IDEMPOTENCY_KEY_IN_FLIGHT', 409],
    ['QUEUE_FULL', 429],
    ['UNAVAILABLE', 503],
  ] as const)('says when to try again: %s', async (code, http) => {
    refusing(code);
    const answer = await bid(MONEY);
    expect(answer.status).toBe(http);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it.each([
    [status.UNAVAILABLE, 503, 'UNAVAILABLE'],
    [status.DEADLINE_EXCEEDED, 504, 'DEADLINE_EXCEEDED'],
    [status.INTERNAL, 500, 'INTERNAL'],
    [status.UNIMPLEMENTED, 500, 'INTERNAL'],
    [status.RESOURCE_EXHAUSTED, 500, 'INTERNAL'],
    [status.UNKNOWN, 500, 'INTERNAL'],
  ])('has fixed words for status %i without details, and no address', async (code, http, name) => {
    echo.answer = () => {
      throw Object.assign(new Error('at 10.0.0.7:5432 in /srv/app.js:12'), { code, details: 'at 10.0.0.7:5432 in /srv/app.js:12' });
    };
    const answer = await bid(MONEY);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([http, { code: name, details: {}, errors: [] }]);
    expect(answer.text).not.toMatch(/10\.0\.0|app\.js/);
  });

  it('does not fall over details that are none', async () => {
    echo.answer = () => {
      const metadata = new Metadata();
      metadata.set('grpc-status-details-bin', Buffer.from('ff', 'hex'));
      throw Object.assign(new Error('x'), { code: status.INTERNAL, metadata });
    };
    expect(JSON.parse((await bid(MONEY)).text)).toMatchObject({ status: 500, code: 'INTERNAL' });
  });

  it('answers 504 when the deadline passes', async () => {
    echo.answer = () => new Promise(() => {});
    const answer = await bid(MONEY);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([504, { code: 'DEADLINE_EXCEEDED' }]);
    expect(answer.text).not.toContain('127.0.0.1');
  });

  it('cancels the call of a client that leaves', async () => {
    echo.answer = () => new Promise(() => {});
    const leaving = new AbortController();
    const left = fetch(`${url}/v1/lots/${LOT}/bids`, { method: 'POST', headers: KEY, body: JSON.stringify({ limit: MONEY }), signal: leaving.signal }).catch(() => 'left');
    while (echo.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort();
    await left;
    await echo.asked[0]!.cancelled;
  });

  it('logs what it cannot explain and says nothing of it', async () => {
    echo.answer = () => Buffer.from('ffffffff', 'hex'); // no such message
    expect(JSON.parse((await get(`/v1/lots/${LOT}`)).text)).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(logged).toHaveLength(1);
  });
});

describe('paths', () => {
  it.each([
    ['DELETE', `/v1/lots/${LOT}`, 'GET, HEAD'],
    ['OPTIONS', '/v1/lots', 'GET, HEAD'],
    ['PUT', '/v1/markets', 'GET, HEAD, POST'],
    ['GET', `/v1/lots/${LOT}:withdraw`, 'POST'],
    ['HEAD', '/v1/events', 'GET'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('answers 405 with Allow to %s %s', async (method, path, allow) => {
    const answer = await exchange(url, method, path, TOKEN);
    expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
    if (method !== 'HEAD') expect(JSON.parse(answer.text)).toMatchObject({ code: 'METHOD_NOT_ALLOWED', status: 405 });
  });

  it.each(['/', '/v1', '/v1/lots/', '/v2/lots', '/v1/lots/%zz', `/v1/lots/${'x'.repeat(600)}`, '/v1/lots/a%2Fb/c'])('answers a problem document to %s', async (path) => {
    const answer = await get(path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(answer.text)).toMatchObject({ status: answer.status, trace_id: expect.any(String) });
  });

  it('answers HEAD as GET, without the body', async () => {
    const answer = await exchange(url, 'HEAD', '/v1/lots', TOKEN);
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  it('is healthy while every service serves', async () => {
    expect(JSON.parse((await get('/healthz', {})).text)).toEqual({ status: 'ok' });
    echo.health = 2;
    const answer = await get('/healthz', {});
    expect([answer.status, JSON.parse(answer.text)]).toEqual([503, { status: 'unavailable', down: [...echo.services.keys()] }]);
  });

  it('tells that the issuer is away in a problem document', async () => {
    const answer = await post('/oidc/token', 'grant_type=client_credentials', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([503, { code: 'UNAVAILABLE' }]);
    expect(answer.text).not.toContain('127.0.0.1');
  });
});

describe('starting', () => {
  it('says that a port is taken', async () => {
    await expect(
      startGateway({ host: '127.0.0.1', port: gateway.port, services: echo.services, verify: async () => undefined, oidcAddress: 'http://127.0.0.1:1', issuer: 'http://localhost/oidc', log: () => {} }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
