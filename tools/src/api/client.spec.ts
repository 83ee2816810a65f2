import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from './client.js';

/** What the gateway does with the next requests: a status to answer with, or `reset` for a connection that is cut. */
type Turn = number | 'reset';

describe('a client of the API', () => {
  let server: Server;
  let url: string;
  let turns: Record<'/oidc/token' | '/v1/lots', Turn[]>;
  let seen: { path: string; key: string | undefined }[];

  beforeEach(async () => {
    turns = { '/oidc/token': [], '/v1/lots': [] };
    seen = [];
    server = createServer((request, response) => {
      const path = request.url as keyof typeof turns;
      seen.push({ path, key: request.headers['idempotency-key'] as string | undefined });
      const turn = turns[path].shift() ?? 200;
      if (turn === 'reset') return void request.socket.resetAndDestroy();
      const body = turn === 503 ? { status: 503, code: 'UNAVAILABLE', detail: 'later' } : turn === 422 ? { status: 422, code: 'BID_TOO_LOW', detail: 'more' } : { access_token: 'token', expires_in: 300, lots: [] };
      response.writeHead(turn, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const client = (): ApiClient => new ApiClient(url, { clientId: 'id', clientSecret: 'secret' });
  const asked = (path: string): number => seen.filter((request) => request.path === path).length;

  it('asks again for a token that could not be had', async () => {
    turns['/oidc/token'] = [503, 'reset'];
    await expect(client().get('/v1/lots')).resolves.toMatchObject({ lots: [] });
    expect([asked('/oidc/token'), asked('/v1/lots')]).toEqual([3, 1]);
  });

  it('repeats a command with its key, after an answer that asks for it and after a lost connection', async () => {
    turns['/v1/lots'] = ['reset', 503];
    await client().post('/v1/lots', {}, 'key-1');
    expect(seen.filter(({ path }) => path === '/v1/lots').map(({ key }) => key)).toEqual(['key-1', 'key-1', 'key-1']);
  });

  it('repeats no command without a key that may have arrived', async () => {
    turns['/v1/lots'] = ['reset'];
    await expect(client().post('/v1/lots', {})).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(asked('/v1/lots')).toBe(1);
  });

  it('takes a refusal as it is', async () => {
    turns['/v1/lots'] = [422];
    await expect(client().post('/v1/lots', {}, 'key-2')).rejects.toMatchObject({ problem: { code: 'BID_TOO_LOW' } });
    expect(asked('/v1/lots')).toBe(1);
  });

  it('gives up after five tries, with the last problem', async () => {
    turns['/v1/lots'] = [503, 503, 503, 503, 503];
    await expect(client().get('/v1/lots')).rejects.toMatchObject({ problem: { status: 503, code: 'UNAVAILABLE' } });
    expect(asked('/v1/lots')).toBe(5);
  });
});
