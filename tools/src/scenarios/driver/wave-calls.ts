import { createHash } from 'node:crypto';
import { ApiProblem } from '../../api/client.js';
import type { ShopAction } from '../market-day/actions.js';
import { type Outcome, taken } from './outcome.js';
import { allOf } from './pages.js';
import type { ShopCalls } from './shop-calls.js';

type WaveAction = Extract<ShopAction, { kind: 'release-wave' | 'pick-wave' | 'pack-wave' | 'stage-wave' }>;

interface PickTask {
  readonly taskId: string;
  readonly orderId: string;
  readonly itemId: string;
  readonly count: string;
  readonly picked: string;
  readonly phase: string;
}

interface Parcel {
  readonly unitId: string;
  readonly centreId: string;
  readonly phase: string;
}

/** Rows of one call: what the contracts take at once. */
const TASKS = 500;
const ORDERS = 200;
const UNITS = 500;

/** A wave is only known once it is there: each step looks at what is ready and does all of it. */
export async function waveCall(action: WaveAction, calls: ShopCalls): Promise<void> {
  if (action.kind === 'release-wave') return releaseWave(action, calls);
  if (!calls.ids.has('wave', action.wave)) return; // nothing was reserved
  switch (action.kind) {
    case 'pick-wave':
      return pickWave(action, calls);
    case 'pack-wave':
      return packWave(action, calls);
    case 'stage-wave':
      return stageWave(action, calls);
  }
}

const tasksOf = ({ by, wave }: WaveAction, { api, ids }: ShopCalls): Promise<readonly PickTask[]> => allOf<PickTask>(api(by), `/v1/waves/${ids.of('wave', wave)}/pick-tasks`, 'tasks');

/** What comes short is looked for elsewhere: such tasks follow in the wave, so it is gone over until none is ready. */
async function pickWave(action: Extract<WaveAction, { kind: 'pick-wave' }>, calls: ShopCalls): Promise<void> {
  let short = action.short && { ...action.short, itemId: calls.ids.of('item', action.short.item) };
  for (;;) {
    const ready = (await tasksOf(action, calls)).filter(({ phase }) => phase === 'PICK_TASK_PHASE_READY');
    if (ready.length === 0) break;
    const rows = ready.map(({ taskId, itemId, count }) => {
      if (itemId !== short?.itemId) return { taskId, picked: count, reason: '' };
      const { reason } = short;
      short = undefined;
      return { taskId, picked: String(BigInt(count) - 1n), reason };
    });
    await inParts(rows, TASKS, (tasks) => post(calls, action, `/v1/waves/${calls.ids.of('wave', action.wave)}/pick-tasks:batchComplete`, { tasks }));
  }
}

async function packWave(action: Extract<WaveAction, { kind: 'pack-wave' }>, calls: ShopCalls): Promise<void> {
  const picked = (await tasksOf(action, calls)).filter(({ picked: count }) => BigInt(count) > 0n);
  const orders = [...new Set(picked.map(({ orderId }) => orderId))];
  await inParts(orders, ORDERS, (orderIds) => post(calls, action, `/v1/centres/${calls.ids.of('centre', action.centre)}/parcels:batchPack`, { orderIds }));
}

async function stageWave(action: Extract<WaveAction, { kind: 'stage-wave' }>, calls: ShopCalls): Promise<void> {
  const centreId = calls.ids.of('centre', action.centre);
  const packed = (await allOf<Parcel>(calls.api(action.by), '/v1/parcels', 'parcels')).filter((parcel) => parcel.centreId === centreId && parcel.phase === 'PARCEL_PHASE_PACKED');
  const doorLocationId = calls.location(action.centre, action.door);
  await inParts(packed.map(({ unitId }) => unitId), UNITS, (unitIds) => post(calls, action, `/v1/centres/${centreId}/parcels:batchStage`, { unitIds, doorLocationId }));
}

async function releaseWave({ by, key, wave, centre }: Extract<WaveAction, { kind: 'release-wave' }>, { api, ids }: ShopCalls): Promise<void> {
  try {
    const { waveId } = await api(by).post<{ waveId: string }>(`/v1/centres/${ids.of('centre', centre)}/waves`, {}, key);
    ids.keep('wave', wave, waveId);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.problem.code === 'NOTHING_TO_RELEASE')) throw error;
  }
}

/** What is asked for depends on what was there, so the key does too: the same work gets the same answer, other work is done. No row of it may be refused. */
async function post(calls: ShopCalls, { by, key, wave }: WaveAction, path: string, body: unknown): Promise<void> {
  const part = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 12);
  const { outcomes } = await calls.api(by).post<{ outcomes: readonly Outcome[] }>(path, body, `${key}:${part}`);
  for (const outcome of outcomes) taken(outcome, `a row of wave ${wave}`);
}

async function inParts<T>(rows: readonly T[], size: number, send: (part: readonly T[]) => Promise<void>): Promise<void> {
  for (let from = 0; from < rows.length; from += size) await send(rows.slice(from, from + size));
}
