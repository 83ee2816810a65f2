import { describe, expect, it } from '@jest/globals';
import { type PlantedBug, simulate } from './simulation.js';

const SEEDS = Number(process.env['NARU_SEEDS'] ?? 500);

describe('the relay, the lane and the consumer under simulation', () => {
  it(`lose nothing, double nothing and keep the order of each key, over ${SEEDS} seeds of crashes, late commits and lost answers`, async () => {
    const first = Number(process.env['NARU_FIRST_SEED'] ?? 1);
    for (let seed = first; seed < first + SEEDS; seed++) {
      const wrong = await simulate(seed);
      if (wrong) throw new Error(`seed ${seed}: ${wrong} (repeat with NARU_FIRST_SEED=${seed} NARU_SEEDS=1)`);
    }
  }, 240_000);

  it.each<PlantedBug>(['inbox-off', 'cursor-relay', 'delete-before-send', 'cursor-before-effect', 'no-aggregate-lock'])('would find the planted bug %s', async (bug) => {
    let found: string | undefined;
    for (let seed = 1; seed <= 200 && !found; seed++) found = await simulate(seed, bug);
    expect(found).toBeDefined();
  }, 60_000);
});
