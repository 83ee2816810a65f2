import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send } from '@naru/tools/api/client';
import { verifyRules } from '@naru/tools/cli/verify';
import { OPERATOR_CLIENT } from '@naru/tools/launcher/accounts';
import { type Board, finishedBoards } from '@naru/tools/launcher/boards';
import { readBigDay } from '@naru/tools/scenarios/big-day/files';
import { isOdd } from '@naru/tools/scenarios/big-day/choose';
import { bigDay } from '@naru/tools/scenarios/big-day/plan';
import { Accounts } from '@naru/tools/scenarios/driver/accounts';
import { jsonOf } from '@naru/tools/scenarios/driver/json';
import type { PlanIds } from '@naru/tools/scenarios/driver/plan-ids';
import { play } from '@naru/tools/scenarios/driver/play';
import { PLATFORM } from '@naru/tools/scenarios/market-day/actions';
import { OPERATOR_SECRET, type TestSystem, key, startTestSystem } from './test-system.js';

const BOARD_SCRIPT = fileURLToPath(new URL('../../tools/scenarios/board-check/board.mjs', import.meta.url));
const LOTS = 1_000;
/** On two quiet cores the day takes a fifth of this. */
const PATIENCE_MS = 400_000;

interface FileBoard extends Board {
  readonly rowsAccepted: string;
  readonly rowsRefused: readonly { readonly line: number }[];
  readonly markets: readonly (Board & { readonly state: string; readonly district: string; readonly market: string })[];
}

const day = readBigDay();
const plan = bigDay(day, LOTS);
let folder: string;
let system: TestSystem;
let accounts: Accounts;
let ids: PlanIds;
let fromFiles: FileBoard;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'big-day-'));
  const rows = join(folder, 'rows.json');
  writeFileSync(rows, JSON.stringify(plan.lots.map(({ source }) => source.line)));
  fromFiles = JSON.parse(execFileSync(process.execPath, [BOARD_SCRIPT, 'big', '--rows', rows], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as FileBoard;
  system = await startTestSystem();
  accounts = new Accounts(join(folder, 'accounts.json'), system.url, [PLATFORM, { clientId: OPERATOR_CLIENT, clientSecret: OPERATOR_SECRET }]);
  ids = await play({ plan, accounts, clock: system.clock, speed: Infinity, settle: () => system.settle(), signal: new AbortController().signal });
}, PATIENCE_MS);

afterAll(async () => {
  await system?.close();
  rmSync(folder, { recursive: true, force: true });
});

const sorted = ({ lines }: Board): readonly string[] => lines.map(({ averagePrice, highPrice, lowPrice, ...line }) => {
  const prices = [averagePrice, highPrice, lowPrice].map(({ currency, amount }) => `${currency} ${amount}`);
  return [line.item, line.variety, line.grade, line.tradeUnit, line.lots, line.volume, ...prices].join(' | ');
}).sort();
const count = async (table: string, where = 'true'): Promise<number> => Number((await system.database.query<{ n: string }>(`select count(*) as n from ${table} where ${where}`))[0]!.n);

describe('the big day', () => {
  it('loads 10,034 rows, odd ones included, and refuses 9 with line, field, value and reason', async () => {
    expect([plan.accepted, plan.odd, plan.refused.length]).toEqual([10_034, 583, 9]);
    expect(fromFiles.rowsAccepted).toBe('10034');
    expect(plan.refused.map(({ line }) => line)).toEqual(fromFiles.rowsRefused.map(({ line }) => line));
    for (const refused of plan.refused) expect(refused).toMatchObject({ field: 'Commodity', value: expect.stringMatching(/^(Wood|Firewood)$/), reason: expect.stringContaining('no licence category') });
    expect([await count('auction.consignments'), await count('auction.markets')]).toEqual([10_034, 1_123]);
  });

  it('keeps the row as published beside what was understood', async () => {
    const { source, goods, consignment } = plan.lots.find(({ source: { raw } }) => /[^,]  +[^,]/.test(raw))!;
    const by = plan.actions.find((action) => action.kind === 'register-consignments' && action.rows.some((row) => row.consignment === consignment))!.by;
    const kept = await accounts.of(by).get(`/v1/consignments/${ids.of('consignment', consignment)}`);
    expect(kept).toMatchObject({ goods: { item: goods.item, variety: goods.variety, origin: goods.origin }, source: { file: source.file, line: source.line, raw: source.raw } });
  });

  it('imported again changes nothing', async () => {
    const batch = plan.actions.find((action) => action.kind === 'register-consignments')!;
    const rows = batch.rows.map(({ market, goods, quantity, reservePriceAmount, source }) => ({ consignment: { marketId: ids.of('market', market), goods, quantity, reservePriceAmount }, source }));
    const before = [await count('auction.consignments'), await count('auction.lots')];
    const { outcomes } = await accounts.of(batch.by).post<{ outcomes: { consignmentId: string; created: boolean }[] }>('/v1/consignments:batchCreate', jsonOf({ rows }), key());
    expect(outcomes.map(({ consignmentId }) => consignmentId)).toEqual(batch.rows.map(({ consignment }) => ids.of('consignment', consignment)));
    expect(outcomes.some(({ created }) => created)).toBe(false);
    expect([await count('auction.consignments'), await count('auction.lots')]).toEqual(before);
  });

  it(`sells ${LOTS.toLocaleString('en-US')} lots, every odd row among them, each at its published price`, async () => {
    const lines = new Set(plan.lots.map(({ source }) => source.line));
    expect(day.parsed.rows.filter((row) => isOdd(row) && !lines.has(row.source.line))).toEqual([]);
    const hammered = await system.database.query<{ lot_id: string; price: string }>(`select lot_id, price from auction.lots where phase = 'sold'`);
    const prices = new Map(hammered.map(({ lot_id: id, price }) => [id, BigInt(price)]));
    expect(prices.size).toBe(LOTS);
    expect(plan.lots.filter(({ consignment, outcome }) => outcome.kind !== 'sold' || prices.get(ids.of('lot', consignment)) !== outcome.price)).toEqual([]);
  });

  it('hangs out boards that say what the files say, market by market, to everybody', async () => {
    expect(fromFiles.markets).toHaveLength(plan.markets.length);
    for (const { key: market, ...place } of plan.markets) {
      const answer = await send('GET', `${system.url}/v1/markets/${ids.of('market', market)}/board?businessDay=${plan.day}`, { accept: 'application/json' });
      const expected = fromFiles.markets.find((own) => own.state === place.state && own.district === place.district && own.market === place.market)!;
      const board = answer.body as Board;
      expect([answer.status, board.lotsSold, board.lotsPassed]).toEqual([200, expected.lotsSold, expected.lotsPassed]);
      expect(sorted(board)).toEqual(sorted(expected));
    }
  });

  it('is seen to be over, as a later start sees it', async () => {
    const boards = await finishedBoards(plan, accounts.of('corporation'));
    expect([...boards!.values()].reduce((sum, board) => sum + Number(board.lotsSold), 0)).toBe(LOTS);
    expect(await finishedBoards(bigDay(day), accounts.of('corporation'))).toBeUndefined();
  });

  it('breaks no rule', async () => {
    const { violations, rules } = await verifyRules((text, values) => system.database.query(text, values));
    expect(rules.filter((rule) => rule.violations > 0)).toEqual([]);
    expect(violations).toBe(0);
  });
});
