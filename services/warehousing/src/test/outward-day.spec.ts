import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { rules } from '../verify.js';
import { type OrderedLine, OutwardScene, type TestItem } from './outward-scene.js';

const ORDERS = 150;
const LINES = 20;
const ITEMS = 60;

let outward: OutwardScene;
let centre: Centre;
const orderIds: string[] = [];

beforeAll(async () => {
  outward = await OutwardScene.open();
  centre = await outward.openCentre();
  await outward.addBoxes();
  const shelves = [...(await outward.scene.locations(centre)).keys()].filter((code) => /^A\d/.test(code));
  const items: TestItem[] = [];
  for (let i = 0; i < ITEMS; i++) {
    const item = await outward.item(undefined, { lengthMm: 40 + i * 2, widthMm: 40 + i, heightMm: 30 + (i % 9) * 5, unitGrams: 200n });
    await outward.stock(centre, shelves[i % shelves.length]!, item, 'B', 1_000n, { grams: 200_000n });
    items.push(item);
  }
  for (let o = 0; o < ORDERS; o++) {
    const lines = Array.from({ length: LINES }, (_, l): OrderedLine => ({ item: items[(o * 7 + l * 3) % ITEMS]!, promises: [{ centre, batch: 'B', count: BigInt(1 + ((o + l) % 12)) }] }));
    orderIds.push((await outward.order(lines)).orderId);
  }
}, 120_000);
afterAll(() => outward.close());

describe('a day of orders', () => {
  it('of 3,000 pick tasks and 150 orders is picked, packed and staged in seconds, and breaks no rule', async () => {
    const took: Record<string, number> = {};
    let since = performance.now();
    const mark = (what: string): void => {
      took[what] = Math.round(performance.now() - since);
      since = performance.now();
    };
    const { waveId, tasks } = await outward.release(centre);
    mark('release');
    expect(tasks).toBe(ORDERS * LINES);
    for (let first = 0; first < tasks; first += 500) {
      const page = await outward.query<{ taskId: string; count: bigint }>(
        'select task_id as "taskId", count from pick_tasks where wave_id = $1 and sequence > $2 order by sequence limit 500',
        [waveId, first],
      );
      const { outcomes } = await outward.scene.operator.waves.batchCompletePickTasks({
        waveId,
        tasks: page.map(({ taskId, count }) => ({ taskId, picked: count, grams: 0n, reason: '' })),
      });
      expect(outcomes.filter(({ code }) => code !== '')).toEqual([]);
    }
    mark('pick');
    const outcomes = await outward.pack(centre, orderIds);
    expect(outcomes.filter(({ code, leftOut }) => code !== '' || leftOut.length > 0)).toEqual([]);
    mark('pack');
    const unitIds = outcomes.flatMap(({ parcels }) => parcels.map(({ unitId }) => unitId));
    const staged: string[] = [];
    for (let first = 0; first < unitIds.length; first += 500) staged.push(...(await outward.stage(centre, unitIds.slice(first, first + 500))).stagedOrderIds);
    mark('stage');
    expect([...staged].sort()).toEqual([...orderIds].sort());
    for (const { rule, check } of rules) {
      const [row] = await outward.scene.database.query<{ violations: string }>(check as string);
      expect([rule, row!.violations]).toEqual([rule, '0']);
    }
    mark('verify');
    const { verify, ...ways } = took;
    expect(verify).toBeLessThan(30_000);
    const total = Object.values(ways).reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeLessThan(30_000);
  }, 60_000);
});
