import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { PickTaskPhase } from '@naru/contracts/gen/naru/warehousing/v1/wave_service';
import { OUTWARD_CRASH_POINTS } from '@naru/platform/crash-point';
import { codeOf, refusalOf } from '@naru/testing/refusals';
import { rules } from '../verify.js';
import { OutwardScene } from './outward-scene.js';
import { OTHER_OPERATOR, type Party } from './scene.js';

let outward: OutwardScene;
let centre: Centre;

beforeAll(async () => {
  outward = await OutwardScene.open();
  centre = await outward.openCentre();
  await outward.addBoxes();
}, 60_000);
afterAll(() => outward.close());

const PAGE = { pageSize: 0, pageToken: '' };

async function violations(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { rule, check } of rules) {
    const [row] = await outward.scene.database.query<{ violations: string }>(check as string);
    if (row!.violations !== '0') found.push(rule);
  }
  return found;
}

/** An order of twelve in one batch, with stock for it. */
async function orderOfTwelve() {
  const item = await outward.item();
  await outward.stock(centre, 'A1-01-1', item, 'B', 12n);
  return { item, ...(await outward.order([{ item, promises: [{ centre, batch: 'B', count: 12n }] }])) };
}

describe('the same call again', () => {
  it('answers the same and does nothing twice', async () => {
    const { item, orderId } = await orderOfTwelve();
    const { scene } = outward;
    const { centreId } = centre;
    const twice = async <T>(call: (party: Party) => Promise<T>): Promise<T> => {
      const party = await scene.as(scene.operator.organizationId, 'centre-operator', { idempotencyKey: randomUUID() });
      const first = await call(party);
      expect(await call(party)).toEqual(first);
      return first;
    };
    const { wave } = await twice((party) => party.waves.releaseWave({ centreId, orderIds: [orderId] }));
    const [task] = await outward.tasks(wave!.waveId);
    await twice((party) =>
      party.waves.batchCompletePickTasks({ waveId: wave!.waveId, tasks: [{ taskId: task!.taskId, picked: 12n, grams: 0n, reason: '' }] }),
    );
    const { outcomes } = await twice((party) => party.parcels.batchPackParcels({ centreId, orderIds: [orderId] }));
    const unitIds = outcomes[0]!.parcels.map(({ unitId }) => unitId);
    const doorLocationId = (await outward.location(centre, 'D-1')).locationId;
    await twice((party) => party.parcels.batchStageParcels({ centreId, unitIds, doorLocationId }));
    expect(await outward.shelves(item)).toEqual({ [`${centre.code}:D-1`]: 12n });
    // Under another key it is another command, and finds nothing left to do.
    expect(await refusalOf(outward.release(centre, [orderId]))).toBe('NOTHING_TO_RELEASE');
    expect((await outward.pickAll(wave!.waveId).catch(codeOf)) as unknown).toBe('INVALID_ARGUMENT');
    expect((await outward.pack(centre, [orderId]))[0]!.code).toBe('NOTHING_TO_PACK');
    expect((await outward.stage(centre, unitIds)).outcomes.map(({ code }) => code)).toEqual(unitIds.map(() => 'UNIT_NOT_PACKED'));
  });
});

describe('several at once', () => {
  it('complete a task once, whoever comes first', async () => {
    const { item, orderId } = await orderOfTwelve();
    const { waveId } = await outward.release(centre, [orderId]);
    const [task] = await outward.tasks(waveId);
    const picks = Array.from({ length: 8 }, (_, i) =>
      outward.scene.operator.waves.batchCompletePickTasks({ waveId, tasks: [{ taskId: task!.taskId, picked: BigInt(i % 2 === 0 ? 12 : 7), grams: 0n, reason: 'half of it' }] }),
    );
    const outcomes = (await Promise.all(picks)).flatMap((answer) => answer.outcomes);
    expect(outcomes.filter(({ code }) => code === '')).toHaveLength(1);
    expect(outcomes.filter(({ code }) => code === 'PICK_TASK_NOT_READY')).toHaveLength(7);
    const { picked } = outcomes.find(({ code }) => code === '')!;
    expect((await outward.shelves(item))[`${centre.code}:P-1`]).toBe(picked);
    expect(await violations()).toEqual([]);
  });

  it('release, pack and stage an order once', async () => {
    const { item, orderId } = await orderOfTwelve();
    const waves = await Promise.allSettled(Array.from({ length: 6 }, () => outward.release(centre, [orderId])));
    const released = waves.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(released).toHaveLength(1);
    await outward.pickAll(released[0]!.waveId);
    const packs = await Promise.all(Array.from({ length: 6 }, () => outward.pack(centre, [orderId])));
    const parcels = packs.flatMap(([outcome]) => outcome!.parcels);
    expect(new Set(packs.map(([outcome]) => outcome!.code))).toEqual(new Set(['', 'NOTHING_TO_PACK']));
    const unitIds = parcels.map(({ unitId }) => unitId);
    const stages = await Promise.all(['D-1', 'D-2', 'D-1', 'D-2'].map((door) => outward.stage(centre, unitIds, door)));
    expect(stages.flatMap(({ stagedOrderIds }) => stagedOrderIds)).toEqual([orderId]);
    expect(Object.values(await outward.shelves(item))).toEqual([12n]);
    expect(await violations()).toEqual([]);
  });

  it('never give out the same goods to two waves, nor the same number to two parcels', async () => {
    const item = await outward.item();
    await outward.stock(centre, 'A1-02-1', item, 'B', 30n);
    await outward.stock(centre, 'A2-02-1', item, 'B', 30n);
    const orders = [];
    for (let i = 0; i < 12; i++) orders.push(await outward.order([{ item, promises: [{ centre, batch: 'B', count: 5n }] }]));
    const waves = await Promise.all(orders.map(({ orderId }) => outward.release(centre, [orderId])));
    const answers = await Promise.all(waves.map(({ waveId }) => outward.pickAll(waveId)));
    for (const { phase } of answers.flatMap(({ outcomes }) => outcomes)) expect(phase).toBe(PickTaskPhase.DONE);
    const packs = await Promise.all(orders.map(({ orderId }) => outward.pack(centre, [orderId])));
    const parcels = packs.flatMap(([outcome]) => outcome!.parcels);
    expect(new Set(parcels.map(({ sscc }) => sscc)).size).toBe(parcels.length);
    expect(await violations()).toEqual([]);
  });
});

describe('what belongs to others (rule I2)', () => {
  it('is unknown to another operator and another merchant', async () => {
    const { orderId } = await orderOfTwelve();
    const { waveId } = await outward.release(centre, [orderId]);
    const [task] = await outward.tasks(waveId);
    await outward.pickAll(waveId);
    const [packed] = await outward.pack(centre, [orderId]);
    const { unitId } = packed!.parcels[0]!;
    const receiptId = (await outward.query<{ id: string }>('select receipt_id as id from receipts order by receipt_id desc limit 1'))[0]!.id;
    const stranger = await outward.scene.as(OTHER_OPERATOR, 'centre-operator');
    const { centreId } = centre;
    const doorLocationId = (await outward.location(centre, 'D-1')).locationId;
    const calls: readonly Promise<unknown>[] = [
      stranger.waves.releaseWave({ centreId, orderIds: [] }),
      stranger.waves.getWave({ waveId }),
      stranger.waves.listPickTasks({ waveId, ...PAGE }),
      stranger.waves.batchCompletePickTasks({ waveId, tasks: [{ taskId: task!.taskId, picked: 1n, grams: 0n, reason: '' }] }),
      stranger.parcels.batchPackParcels({ centreId, orderIds: [orderId] }),
      stranger.parcels.batchStageParcels({ centreId, unitIds: [unitId], doorLocationId }),
      stranger.parcels.getParcel({ unitId }),
      stranger.parcels.getParcelLabel({ unitId, format: 'zpl' }),
      stranger.parcels.listReceiptParcels({ receiptId, ...PAGE }),
      outward.release(centre, [randomUUID()]),
    ];
    expect(await Promise.all(calls.map(refusalOf))).toEqual(calls.map(() => 'NOT_FOUND'));
    expect((await stranger.parcels.listParcels({ ...PAGE, orderId: '' })).parcels).toEqual([]);
    expect((await stranger.boxTypes.listBoxTypes(PAGE)).boxTypes).toEqual([]);
    expect((await outward.pack(centre, [randomUUID()]))[0]!.code).toBe('NOT_FOUND');
    expect((await outward.stage(centre, [randomUUID()])).outcomes[0]!.code).toBe('NOT_FOUND');
    const strangeDoor = (await outward.location(await outward.openCentre(), 'D-1')).locationId;
    expect(await refusalOf(outward.scene.operator.parcels.batchStageParcels({ centreId, unitIds: [unitId], doorLocationId: strangeDoor }))).toBe('NOT_A_DOOR');
    const strangeTask = await outward.scene.operator.waves.batchCompletePickTasks({ waveId, tasks: [{ taskId: randomUUID(), picked: 1n, grams: 0n, reason: '' }] });
    expect(strangeTask.outcomes[0]!.code).toBe('NOT_FOUND');
    expect((await outward.merchant.parcels.listParcels({ ...PAGE, orderId })).parcels).toHaveLength(packed!.parcels.length);
  });
});

describe('box types', () => {
  it('are made once per code, an outcome per row', async () => {
    const row = { code: 'X', innerLengthMm: 10, innerWidthMm: 10, innerHeightMm: 10, tareGrams: 5n, maxGrams: 50n, temperatureClasses: ['TEMPERATURE_CLASS_COOL' as never] };
    const create = async () => (await outward.scene.operator.boxTypes.batchCreateBoxTypes({ boxTypes: [row, row, { ...row, code: 'Y', maxGrams: 5n }] })).outcomes;
    const first = await create();
    expect(first.map(({ created, code }) => [created, code])).toEqual([
      [true, ''],
      [false, ''],
      [false, 'BOX_TYPE_INVALID'],
    ]);
    expect((await create()).map(({ boxTypeId }) => boxTypeId)).toEqual(first.map(({ boxTypeId }) => boxTypeId));
    const { boxTypes } = await outward.scene.operator.boxTypes.listBoxTypes({ pageSize: 1, pageToken: '' });
    expect(boxTypes).toHaveLength(1);
  });
});

describe('a process that is killed', () => {
  let child: ChildProcess | undefined;
  afterAll(() => void child?.kill('SIGKILL'));

  async function startCrashing(crashAt: string): Promise<{ readonly address: string; readonly died: Promise<NodeJS.Signals | null> }> {
    const { issuer, jwksUrl } = outward.scene.issuer;
    const databaseUrl = outward.scene.database.services.get('warehousing')!.databaseUrl;
    const started = spawn(process.execPath, [new URL('crashing-service.js', import.meta.url).pathname, JSON.stringify({ databaseUrl, issuer, jwksUrl, crashAt })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const died = once(started, 'exit').then(([, signal]) => signal as NodeJS.Signals | null);
    let output = '';
    for await (const chunk of started.stdout) {
      output += String(chunk);
      if (output.includes('\n')) break;
    }
    return { address: output.trim(), died };
  }

  it('is as if it had never begun at each point of the way out, and goes on with the same key', async () => {
    const { item, orderId } = await orderOfTwelve();
    const { operator } = outward.scene;
    const { centreId } = centre;
    const doorLocationId = (await outward.location(centre, 'D-1')).locationId;
    const state = { waveId: '', unitIds: [] as string[] };
    const steps: Readonly<Record<(typeof OUTWARD_CRASH_POINTS)[number], (party: Party) => Promise<void>>> = {
      'wave.tasks-written': async (party) => {
        state.waveId = (await party.waves.releaseWave({ centreId, orderIds: [orderId] })).wave!.waveId;
      },
      'pick.moved': async (party) => {
        const tasks = (await outward.tasks(state.waveId)).map(({ taskId, count }) => ({ taskId, picked: count - 1n, grams: 0n, reason: 'one broken' }));
        await party.waves.batchCompletePickTasks({ waveId: state.waveId, tasks });
      },
      'pack.units-written': async (party) => {
        state.unitIds = (await party.parcels.batchPackParcels({ centreId, orderIds: [orderId] })).outcomes[0]!.parcels.map(({ unitId }) => unitId);
      },
      'stage.moved': async (party) => {
        await party.parcels.batchStageParcels({ centreId, unitIds: state.unitIds, doorLocationId });
      },
    };
    const seen = async () => [await outward.scene.ledger(), await outward.lineOf(orderId), await outward.phaseOf(orderId)];
    for (const point of OUTWARD_CRASH_POINTS) {
      const before = await seen();
      const key = randomUUID();
      const { address, died } = await startCrashing(point);
      const doomed = await outward.scene.as(operator.organizationId, 'centre-operator', { idempotencyKey: key, address });
      await expect(steps[point](doomed)).rejects.toMatchObject({ code: 14 });
      expect([point, await died]).toEqual([point, 'SIGKILL']);
      expect(await seen()).toEqual(before);
      await steps[point](await outward.scene.as(operator.organizationId, 'centre-operator', { idempotencyKey: key }));
    }
    expect(await outward.phaseOf(orderId)).toBe('staged');
    expect(await outward.shelves(item)).toEqual({ [`${centre.code}:A1-01-1 held_count`]: 1n, [`${centre.code}:D-1`]: 11n });
    expect(await violations()).toEqual([]);
  }, 60_000);
});
