import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { rules } from '../verify.js';
import { OutwardScene } from './outward-scene.js';

const OUTWARD = ['W8', 'W9', 'W10'];
let outward: OutwardScene;
let reader: pg.Client;
let unitIds: readonly string[];

beforeAll(async () => {
  outward = await OutwardScene.open();
  const centre = await outward.openCentre();
  await outward.addBoxes();
  const item = await outward.item();
  await outward.stock(centre, 'A1-01-1', item, 'B', 40n);
  const orders = await Promise.all([1, 2].map(() => outward.order([{ item, promises: [{ centre, batch: 'B', count: 12n }] }])));
  const { waveId } = await outward.release(centre);
  await outward.pickAll(waveId);
  const outcomes = await outward.pack(centre, orders.map(({ orderId }) => orderId));
  unitIds = outcomes.flatMap(({ parcels }) => parcels.map((parcel) => parcel.unitId));
  await outward.stage(centre, unitIds.slice(0, 1));
  reader = new pg.Client({ connectionString: outward.scene.database.readerUrl });
  await reader.connect();
}, 60_000);
afterAll(async () => {
  await reader.end();
  await outward.close();
});

async function verify(): Promise<ReadonlyMap<string, { readonly checked: number; readonly violations: number }>> {
  const results = new Map<string, { checked: number; violations: number }>();
  for (const { rule, check } of rules) {
    const { rows } = await reader.query<{ checked: string; violations: string }>(check as string);
    results.set(rule, { checked: Number(rows[0]!.checked), violations: Number(rows[0]!.violations) });
  }
  return results;
}

/** Breaks live data by hand as a superuser, looks, and mends it. */
async function broken(breaks: readonly string[], mends: readonly string[]): Promise<readonly string[]> {
  for (const text of breaks) await outward.scene.database.query(text);
  const violated = [...(await verify())].filter(([, { violations }]) => violations > 0).map(([rule]) => rule);
  for (const text of mends) await outward.scene.database.query(text);
  return violated;
}

const W = 'warehousing';

describe('verify on the way out', () => {
  it('has rows for each rule and finds nothing wrong', async () => {
    const results = await verify();
    for (const rule of OUTWARD) expect([rule, results.get(rule)!.checked > 0]).toEqual([rule, true]);
    for (const [rule, { violations }] of results) expect([rule, violations]).toEqual([rule, 0]);
  });

  it('sees contents that came by no receipt, or belong to another order (W8)', async () => {
    expect(await broken([`update ${W}.receipts set batch = 'other'`], [`update ${W}.receipts set batch = 'B'`])).toEqual(['W8']);
    const one = `where unit_id = '${unitIds[0]}'`;
    const before = await outward.query<{ order_id: string }>(`select order_id from handling_units ${one}`);
    const other = await outward.query<{ order_id: string }>(`select order_id from orders where order_id <> $1`, [before[0]!.order_id]);
    expect(
      await broken(
        [`update ${W}.handling_units set order_id = '${other[0]!.order_id}' ${one}`],
        [`update ${W}.handling_units set order_id = '${before[0]!.order_id}' ${one}`],
      ),
    ).toEqual(['W8']);
  });

  it('sees counts that nothing stands behind, or more than was picked or reserved (W9)', async () => {
    for (const [breaks, mends] of [
      ['staged = staged - 1', 'staged = staged + 1'],
      ['picked = picked + 1, reserved = reserved + 1, ordered = ordered + 1', 'picked = picked - 1, reserved = reserved - 1, ordered = ordered - 1'],
    ] as const) {
      const where = breaks.startsWith('staged') ? 'where staged > 0' : '';
      const violated = await broken(
        [`update ${W}.order_lines set ${breaks} ${where}`],
        [`update ${W}.order_lines set ${mends} where ${where ? 'staged > 0' : 'true'}`],
      );
      expect(violated).toContain('W9');
    }
    const limits = `alter table ${W}.order_lines drop constraint order_lines_outward`;
    expect(await broken([limits, `update ${W}.order_lines set picked = packed - 1`], [`update ${W}.order_lines set picked = packed`])).toEqual(['W9']);
  });

  it('sees a unit in two places, in another centre, in a circle, or apart from its goods (W10)', async () => {
    const [a, b] = unitIds;
    const one = `where unit_id = '${a}'`;
    const [door] = await outward.query<{ location_id: string }>(`select location_id from handling_units ${one}`);
    const home = `update ${W}.handling_units set location_id = '${door!.location_id}', parent_unit_id = null ${one}`;
    const [elsewhere] = await outward.query<{ location_id: string }>(`select location_id from locations where code = 'A2-03-1'`);
    expect(await broken([`update ${W}.handling_units set location_id = '${elsewhere!.location_id}' ${one}`], [home])).toEqual(['W10']);
    const check = `alter table ${W}.handling_units drop constraint handling_units_check`;
    expect(await broken([check, `update ${W}.handling_units set parent_unit_id = '${b}' ${one}`], [home])).toEqual(['W10']);
    const [station] = await outward.query<{ location_id: string }>(`select location_id from handling_units where unit_id = '${b}'`);
    expect(
      await broken(
        [`update ${W}.handling_units set location_id = null, parent_unit_id = '${b}' ${one}`, `update ${W}.handling_units set location_id = null, parent_unit_id = '${a}' where unit_id = '${b}'`],
        [home, `update ${W}.handling_units set location_id = '${station!.location_id}', parent_unit_id = null where unit_id = '${b}'`],
      ),
    ).toEqual(['W10']);
    for (const [, { violations }] of await verify()) expect(violations).toBe(0);
  });
});
