import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CRASH_POINTS, type CrashPoint, KAFKA_CRASH_POINTS } from '@naru/platform/crash-point';
import { ApiClient } from '@naru/tools/api/client';
import type { VerifyReport } from '@naru/tools/cli/verify';
import { Launched, freePort, naru } from './launched.js';
import { type Board, boardOfFiles, comparable, livePlan } from './live-day.js';
import { busEnvironment } from './test-bus.js';

/** At which passage each point kills, in this order: spread over the day, from the first registrations to the hammer. The auctions of its second half bring consumers nothing. */
const PASSAGES: Readonly<Record<CrashPoint, number>> = {
  'command.before-commit': 60,
  'consumer.before-effect': 20,
  'consumer.after-effect': 15,
  'relay.published': 30,
  'relay.before-move': 40,
  'command.after-commit': 300,
  'turnstile.before-commit': 20,
  'turnstile.after-commit': 30,
  'settlement.before-commit': 1,
  'settlement.after-commit': 1,
  'relay.before-send': 25,
  'relay.sent': 35,
};
const onKafka = process.env['BUS'] === 'kafka';
const points: readonly CrashPoint[] = onKafka ? [...CRASH_POINTS, ...KAFKA_CRASH_POINTS] : CRASH_POINTS;

const home = mkdtempSync(join(tmpdir(), 'naru-chaos-'));
const killedAt: CrashPoint[] = [];
let port: number;
let last: Launched;

beforeAll(async () => {
  port = await freePort();
  const bus = await busEnvironment();
  for (const [point, passage] of Object.entries(PASSAGES) as [CrashPoint, number][]) {
    if (!points.includes(point)) continue;
    const run = new Launched(home, port, { ...bus, CRASH_AT: `${point}:${passage}` });
    const { over, signal } = await run.dayOrEnd();
    await run.stop();
    if (over || signal !== 'SIGKILL') throw new Error(`${point}:${passage} was never reached:\n${run.output}`);
    killedAt.push(point);
  }
  last = new Launched(home, port, bus);
  const { over } = await last.dayOrEnd();
  if (!over) throw new Error(`the day did not go on:\n${last.output}`);
}, 240_000);

afterAll(async () => {
  await last?.stop();
  rmSync(home, { recursive: true, force: true });
}, 20_000);

describe('a day that is killed with -9 at every named point', () => {
  it('was killed at each of them', () => expect([...killedAt].sort()).toEqual([...points].sort()));

  it('ends as if nothing had happened', () => expect(last.output).toMatch(/day: lots sold: 137 of 139/));

  it('breaks no rule', async () => {
    const report = JSON.parse((await naru(home, 'verify', '--json')).trim().split('\n').at(-1)!) as VerifyReport;
    expect(report.rules.filter((rule) => rule.violations > 0)).toEqual([]);
    // each bid and each receipt of the plan was acknowledged in the end: there once, neither lost nor twice
    const checked = (rule: string): number => report.rules.find((r) => r.rule === rule)!.checked;
    expect(checked('A2')).toBe(livePlan().bids.length);
    expect(checked('A14')).toBe(livePlan().lots.length);
  });

  it('shows the board of the files', async () => {
    const shell = await naru(home, 'accounts', '--shell');
    const value = (name: string): string => new RegExp(`\\s${name}=(\\S+)`).exec(shell)![1]!;
    const api = new ApiClient(value('NARU'), { clientId: value('MARKET_ID'), clientSecret: value('MARKET_SECRET') });
    const { markets } = await api.get<{ markets: { marketId: string }[] }>('/v1/markets');
    expect(markets).toHaveLength(1);
    const board = await api.get<Board>(`/v1/markets/${markets[0]!.marketId}/board?businessDay=2022-06-23`);
    expect(comparable(board)).toEqual(comparable(boardOfFiles()));
  });

  it('has parked nothing and published everything', async () => {
    const { services } = JSON.parse(await naru(home, 'status', '--json')) as { services: { service: string; outbox: number; parked: number }[] };
    expect(services.filter(({ outbox, parked }) => outbox + parked > 0)).toEqual([]);
  });
});
