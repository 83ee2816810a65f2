import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz } from '@naru/gateway/test/fuzz';
import { ALL_ROLES, consign, openHall } from './market-hall.js';
import { type Party, type TestSystem, startTestSystem } from './test-system.js';

const CALLS = 2500;
/** `FUZZ_SEED=8 npm test -- fuzz` makes the calls of a run again. */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);

let system: TestSystem;
let party: Party;

beforeAll(async () => {
  system = await startTestSystem();
  party = await system.newParty('Anybody', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  await system.settle();
  await consign(system, party, await openHall(party));
}, 180_000);
afterAll(() => system?.close());

describe('calls made from the contracts at random', () => {
  it(`never meet a 500 nor an answer beside its schema (seed ${seed})`, async () => {
    const report = await fuzz({ url: system.url, seed, calls: CALLS, token: () => party.api.token() });
    console.log(`fuzz: seed ${seed}, ${report.calls} calls, by status ${JSON.stringify(report.byStatus)}`);
    expect(report.faults).toEqual([]);
    expect(report.calls).toBe(CALLS);
    expect(Object.keys(report.succeeded).length).toBeGreaterThan(10);
  }, 300_000);
});
