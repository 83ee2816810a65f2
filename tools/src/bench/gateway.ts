import { Agent, request } from 'node:http';
import { TestIssuer } from '@naru/testing/issuer';
import type { AuctionOptions } from './auction-process.js';
import { type BiddingGround, CURRENCY, START_PRICE, STEP, layBiddingGround, verifyBids } from './bidding-ground.js';
import { type Child, startChild } from './child.js';
import type { EdgeProcessOptions } from './edge-process.js';
import { closedLoop } from './load.js';
import type { Bench, Figure, Row } from './row.js';
import { geometricMean, median, quantile, spreadOf } from './statistics.js';

const CONNECTIONS = 16;
const PAIRS = 12;
const SECONDS = 1.2;
const WARM_UP_SECONDS = 3;
const GOAL = 0.85;
const TOKEN_SECONDS = 3_600;

/** A connection of one bidder, who has a lot to himself: its bids are all accepted. */
interface Connection {
  readonly token: string;
  readonly lotId: string;
  bids: bigint;
}

interface Turn {
  readonly cpuMicros: number;
  readonly latencies: readonly number[];
}

type Call = (port: number, connection: Connection) => Promise<unknown>;

/** CPU time per request of the gateway's process, against a hand-written edge in front of the same service. */
export const gateway: Row = {
  name: 'gateway',
  async run(bench: Bench): Promise<Figure> {
    const issuer = await TestIssuer.start();
    const stops: (() => Promise<void>)[] = [() => issuer.stop()];
    try {
      const database = await (await bench.ground()).database();
      stops.unshift(() => database.drop());
      const ground = await layBiddingGround(database);
      const auction = await startChild('auction-process.js', {
        ...{ databaseUrl: database.services.get('auction')!.databaseUrl, issuer: issuer.issuer, jwksUrl: issuer.jwksUrl, turnstile: 'on' },
      } satisfies AuctionOptions);
      stops.unshift(() => auction.stop());
      const startEdge = async (edge: EdgeProcessOptions['edge']): Promise<Child> => {
        const child = await startChild('edge-process.js', { edge, auctionAddress: auction.ready['address'] as string, issuer: issuer.issuer, jwksUrl: issuer.jwksUrl } satisfies EdgeProcessOptions);
        stops.unshift(() => child.stop());
        return child;
      };
      const ours = await startEdge('ours');
      const hand = await startEdge('hand-written');
      const connections = await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => connect(ground, issuer, i)));
      await compareAnswers([ours, hand], connections[0]!);

      const ratios: number[][] = [];
      const costs: { readonly ours: number; readonly hand: number }[] = [];
      const latencies: number[] = [];
      for (const [name, call] of [['GetLot', getLot], ['PlaceBid', placeBid]] as const) {
        for (const edge of [ours, hand]) await turn(edge, connections, call, WARM_UP_SECONDS);
        const pairs: { readonly ours: Turn; readonly hand: Turn }[] = [];
        for (let pair = 0; pair < PAIRS; pair++) {
          // each goes first in half of the pairs
          const [first, second] = pair % 2 === 0 ? [ours, hand] : [hand, ours];
          const one = await turn(first, connections, call, SECONDS);
          const other = await turn(second, connections, call, SECONDS);
          pairs.push(first === ours ? { ours: one, hand: other } : { ours: other, hand: one });
        }
        ratios.push(pairs.map((pair) => pair.hand.cpuMicros / pair.ours.cpuMicros));
        costs.push({ ours: median(pairs.map((pair) => pair.ours.cpuMicros)), hand: median(pairs.map((pair) => pair.hand.cpuMicros)) });
        latencies.push(...pairs.flatMap((pair) => pair.ours.latencies));
        bench.say(`${name}: ours ${costs.at(-1)!.ours.toFixed(0)} µs, by hand ${costs.at(-1)!.hand.toFixed(0)} µs, ratio ${median(ratios.at(-1)!).toFixed(2)}`);
      }
      await verifyBids(database);
      const ratio = geometricMean(ratios.map(median));
      return {
        ...{ value: geometricMean(costs.map((cost) => cost.ours)), unit: 'µs CPU/request', baseline: geometricMean(costs.map((cost) => cost.hand)), ratio },
        ...{ p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
        ...{ spread: spreadOf(ratios[0]!.map((_, i) => geometricMean(ratios.map((of) => of[i]!)))), goal: `ratio ≥ ${GOAL}`, passed: ratio >= GOAL },
        notes: [`GetLot ${costs[0]!.ours.toFixed(0)} to ${costs[0]!.hand.toFixed(0)} µs by hand, PlaceBid ${costs[1]!.ours.toFixed(0)} to ${costs[1]!.hand.toFixed(0)} µs; ${PAIRS} pairs each, ${CONNECTIONS} connections`],
      };
    } finally {
      for (const stop of stops) await stop();
    }
  },
};

async function connect(ground: BiddingGround, issuer: TestIssuer, i: number): Promise<Connection> {
  const token = await issuer.token({ organizationId: ground.bidders[i]!, roles: ['bidder'], expiresInSeconds: TOKEN_SECONDS });
  return { token, lotId: await ground.openLot(), bids: 0n };
}

/** CPU time per request while every connection sends one after the other. */
async function turn(edge: Child, connections: readonly Connection[], call: Call, seconds: number): Promise<Turn> {
  const before = await edge.ask<number>('cpuMicros');
  const load = await closedLoop(connections.length, seconds, (worker) => call(edge.ready['port'] as number, connections[worker]!));
  return { cpuMicros: ((await edge.ask<number>('cpuMicros')) - before) / load.done, latencies: load.latencies };
}

/** Both must answer the same bytes but for the time and place of a bid, and refuse the same. */
async function compareAnswers(edges: readonly [Child, Child], connection: Connection): Promise<void> {
  const probes: readonly ((port: number) => Promise<Answer>)[] = [
    (port) => send(port, 'GET', `/v1/lots/${connection.lotId}`, connection.token),
    (port) => send(port, 'GET', `/v1/lots/${connection.lotId}`, 'none'),
    (port) => send(port, 'GET', `/v1/lots/${connection.lotId}?what=ever`, connection.token),
    (port) => send(port, 'GET', '/v1/lots/01980000-0000-7000-8000-000000000000', connection.token),
    (port) => send(port, 'POST', `/v1/lots/${connection.lotId}/bids`, connection.token, { limit: { currency: CURRENCY, amount: '1' } }, `same-${port}`),
    (port) => send(port, 'POST', `/v1/lots/${connection.lotId}/bids`, connection.token, { limit: { currency: CURRENCY, amount: 'much' } }, `shape-${port}`),
    (port) => send(port, 'POST', `/v1/lots/${connection.lotId}/bids`, connection.token, { limit: { currency: CURRENCY, amount: '1' } }),
  ];
  for (const probe of probes) {
    const [ours, hand] = await Promise.all(edges.map((edge) => probe(edge.ready['port'] as number)));
    const same = ours!.status === hand!.status && (ours!.status >= 400 ? codeOf(ours!) === codeOf(hand!) : ours!.body === hand!.body);
    if (!same) throw new Error(`the edges do not answer alike: ${ours!.status} ${ours!.body} and ${hand!.status} ${hand!.body}`);
  }
}

const codeOf = ({ body }: Answer): unknown => (JSON.parse(body) as { code?: unknown }).code;

const getLot: Call = (port, { lotId, token }) => expect200(send(port, 'GET', `/v1/lots/${lotId}`, token));

const placeBid: Call = (port, connection) => {
  const limit = { currency: CURRENCY, amount: String(START_PRICE + connection.bids++ * STEP) };
  return expect200(send(port, 'POST', `/v1/lots/${connection.lotId}/bids`, connection.token, { limit }, `${connection.lotId}-${connection.bids}`));
};

async function expect200(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`answered ${status}: ${body}`);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function send(port: number, method: string, path: string, token: string, body?: object, key?: string): Promise<Answer> {
  const text = body && JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (answer += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, body: answer }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
