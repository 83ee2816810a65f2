import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auction } from '@naru/auction/auction.module';
import { type RunningGateway, startGateway } from '@naru/gateway/gateway';
import { TokenVerifier } from '@naru/platform/auth/verifier';
import { RealBusinessClock } from '@naru/platform/clocks';
import { type RunningService, startService } from '@naru/platform/service';
import { type Answer, send } from '@naru/tools/api/client';
import { tail } from '@naru/tools/cli/tail';
import { verifyRules } from '@naru/tools/cli/verify';
import { ALL_ROLES, type Hall, admit, consign, limit, list, openHall, receive } from '../market-hall.js';
import { PAGE_TOKEN_KEY, type Party, type TestSystem, key, startTestSystem, until } from '../test-system.js';

/** Two instances of the auction on one database, each behind a gateway of its own, and real time. */

let system: TestSystem;
let second: RunningService;
let edge: RunningGateway;
let owner: Party;
let farm: Party;
let bidders: readonly Party[];
let hall: Hall;
let urls: readonly [string, string];

const LOT_OPEN_MS = 2_000;

beforeAll(async () => {
  const clock = new RealBusinessClock();
  system = await startTestSystem({ clock });
  const issuer = `${system.url}/oidc`;
  const jwksUrl = `${issuer}/jwks`;
  const log = (line: { level: string }): void => {
    if (line.level === 'error') console.error(line);
  };
  second = await startService(auction, { ...system.database.services.get('auction')!, poolSize: 8, grpcAddress: '127.0.0.1:0', issuer, jwksUrl, pageTokenKey: PAGE_TOKEN_KEY, businessClock: clock, log, ...(system.kafka ? { kafka: system.kafka } : {}) });
  const addresses = new Map([...system.services].map(([name, service]) => [name, service.address]));
  const verifier = new TokenVerifier({ issuer, jwksUrl });
  edge = await startGateway({ host: '127.0.0.1', port: 0, services: addresses.set('auction', second.address), verify: (header) => verifier.verify(header), oidcAddress: system.url, issuer, log });
  urls = [system.url, `http://127.0.0.1:${edge.port}`];

  owner = await system.newParty('Owner', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  farm = await system.newParty('Farm', 'ORGANIZATION_KIND_CONSIGNOR', ['consignor']);
  bidders = await Promise.all(Array.from({ length: 6 }, (_, i) => system.newParty(`Bidder ${i}`, 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder'])));
  await system.settle();
  hall = await openHall(owner, { lotOpenMs: String(LOT_OPEN_MS), softCloseWindowMs: '300', softCloseExtensionMs: '300', hardEndMs: String(LOT_OPEN_MS + 900) });
  for (const bidder of bidders) await admit(owner, hall, bidder, { depositAmount: '1000000000' });
});

afterAll(async () => {
  await edge?.close(1000);
  await second?.stop();
  await system?.close();
});

interface Placed {
  readonly amount: number;
  readonly bidder: string;
  readonly answer: Answer;
}

/** Bids on `lotId` through both instances, without pause, until each bidder hears that it is too late. */
async function bidUntilTooLate(lotId: string): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  let amount = 1000;
  const rival = async (bidder: Party, i: number): Promise<void> => {
    const authorization = `Bearer ${await bidder.api.token()}`;
    for (let turn = i; ; turn++) {
      const mine = (amount += 110 + ((turn * 7) % 13) * 10);
      const headers = { 'content-type': 'application/json', authorization, 'idempotency-key': key() };
      const answer = await send('POST', `${urls[turn % 2]!}/v1/lots/${lotId}/bids`, headers, JSON.stringify(limit(mine)));
      placed.push({ amount: mine, bidder: bidder.organizationId, answer });
      if ((answer.body as { code?: string }).code === 'BID_TOO_LATE') return;
    }
  };
  await Promise.all(bidders.map(rival));
  return placed;
}

/** What the stream of events says of openings and hammers: waits for `count` of them, and a moment for one too many. */
async function hammers(count: number): Promise<readonly string[]> {
  const seen: string[] = [];
  const stop = new AbortController();
  const following = tail({
    client: system.operator,
    fromBeginning: true,
    stop,
    onEvent: ({ type }) => void (/\.(LotSold|LotPassed|LotOpened)$/.test(type) && seen.push(type.split('.').at(-1)!)),
  });
  await until(async () => seen.length >= count);
  await new Promise((resolve) => setTimeout(resolve, 500));
  stop.abort();
  await following;
  return seen;
}

interface Row {
  readonly sequence: string;
  readonly organization_id: string;
  readonly limit_amount: string;
}

describe('two instances of the auction, one lot', () => {
  it('let the hammer fall once, with a journal without gaps and the winner of the rule', async () => {
    const lots: string[] = [];
    for (let i = 0; i < 3; i++) lots.push((await receive(system, owner, hall, await consign(system, farm, hall))).lotId);
    const { sessionId } = await list(owner, hall, lots);
    await owner.api.post(`/v1/sessions/${sessionId}:start`, {}, key());

    for (const lotId of lots) {
      await until(async () => (await owner.api.get<{ phase: string }>(`/v1/lots/${lotId}`)).phase === 'LOT_PHASE_OPEN');
      const placed = await bidUntilTooLate(lotId);
      await until(async () => (await owner.api.get<{ phase: string }>(`/v1/lots/${lotId}`)).phase !== 'LOT_PHASE_OPEN');
      const accepted = placed.filter(({ answer }) => answer.status === 200);
      for (const { answer } of placed) if (answer.status !== 200) expect(['BID_TOO_LATE', 'BID_TOO_LOW']).toContain((answer.body as { code: string }).code);
      expect(accepted.length).toBeGreaterThan(20);

      const journal = await system.database.query<Row>('select sequence, organization_id, limit_amount from auction.bids where lot_id = $1 order by sequence', [lotId]);
      expect(journal.map((row) => Number(row.sequence))).toEqual(journal.map((_, i) => i + 1));
      const acknowledged = accepted.map(({ amount, bidder, answer }) => [Number((answer.body as { sequence: string }).sequence), bidder, amount] as const);
      expect(acknowledged.sort(([a], [b]) => a - b)).toEqual(journal.map((row) => [Number(row.sequence), row.organization_id, Number(row.limit_amount)]));

      const top = journal.reduce((best, row) => (Number(row.limit_amount) > Number(best.limit_amount) ? row : best));
      const hammers = await system.database.query<{ buyer_organization_id: string }>('select buyer_organization_id from auction.hammers where lot_id = $1', [lotId]);
      expect(hammers).toEqual([{ buyer_organization_id: top.organization_id }]);
      expect(await owner.api.get(`/v1/lots/${lotId}`)).toMatchObject({ phase: 'LOT_PHASE_SOLD', sequence: String(journal.length) });
    }

    await system.settle();
    const published = await hammers(6);
    expect(published.filter((type) => type === 'LotOpened')).toHaveLength(3);
    expect(published.filter((type) => type === 'LotSold')).toHaveLength(3);
    expect(published).toHaveLength(6);
    expect(await owner.api.get(`/v1/sessions/${sessionId}`)).toMatchObject({ phase: 'SESSION_PHASE_CLOSED' });
    const report = await verifyRules((text, values) => system.database.query(text, values));
    expect(report.rules.filter((rule) => rule.violations > 0)).toEqual([]);
  });
});
