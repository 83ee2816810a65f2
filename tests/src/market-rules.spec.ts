import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RULES } from './market-hall.js';
import { type Party, type TestSystem, key, startTestSystem } from './test-system.js';

let system: TestSystem;
let corporation: Party;

beforeAll(async () => {
  system = await startTestSystem();
  corporation = await system.newParty('Corporation', 'ORGANIZATION_KIND_CORPORATION', ['market-operator']);
});
afterAll(() => system?.close());

describe('the rules of a market', () => {
  it('come back as they were given: bands in order of their amounts, not of their digits', async () => {
    const increments = [['0', '10'], ['1000', '20'], ['2000', '50'], ['10000', '200'], ['100000', '1000']].map(([fromAmount, increment]) => ({ fromAmount, increment }));
    const rules = { ...RULES, increments };
    const { marketId } = await corporation.api.post<{ marketId: string }>('/v1/markets', { code: 'BANDS', name: '단위', timeZone: 'Asia/Seoul', rules }, key());
    const market = await corporation.api.get<{ rules: typeof rules }>(`/v1/markets/${marketId}`);
    expect(market.rules).toEqual(rules);
  });
});
