import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../api/client.js';
import { tail } from './tail.js';

/** A system that streams three events and then stays silent. */
describe('naru events tail', () => {
  let server: Server;
  let url: string;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.method === 'POST') {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: 'token', expires_in: 300 }));
        return;
      }
      asked.push(`${request.url!} ${request.headers.authorization!}`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const position of ['1', '2', '3']) response.write(`id: ${position}\ndata: ${JSON.stringify({ position, type: 'naru.auction.v1.LotSold', subject: 'lot', time: '2022-06-23T05:00:00Z', data: {} })}\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const follow = async (options: { limit?: number; fromBeginning?: boolean }, stop = new AbortController(), enough = Infinity): Promise<string[]> => {
    const seen: string[] = [];
    await tail({
      ...options,
      client: new ApiClient(url, { clientId: 'naru-operator', clientSecret: 'secret' }),
      stop,
      onEvent: ({ position }) => {
        if (seen.push(position) >= enough) stop.abort();
      },
    });
    return seen;
  };

  it('ends after as many events as it was asked for', async () => {
    expect(await follow({ limit: 2 })).toEqual(['1', '2']);
  });

  it('begins with the oldest event where it is asked to, as the operator', async () => {
    await follow({ limit: 1, fromBeginning: true });
    expect(asked.at(-1)).toBe('/v1/events?fromBeginning=true Bearer token');
  });

  it('goes on until it is stopped', async () => {
    expect(await follow({}, new AbortController(), 3)).toEqual(['1', '2', '3']);
  });
});
