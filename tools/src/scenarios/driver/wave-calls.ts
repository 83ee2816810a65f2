import { createHash } from 'node:crypto';
import { ApiProblem } from '../../api/client.js';
import type { ShopAction } from '../market-day/actions.js';
import { PlanBroken } from './plan-ids.js';
import { jsonOf } from './json.js';
import { allOf } from './pages.js';
import type { ShopCalls } from './shop-calls.js';

type WaveAction = Extract<ShopAction, { kind: 'release-wave' | 'pick-wave' | 'pack-wave' | 'stage-wave' }>;

interface PickTask {
  readonly taskId: string;
  readonly orderId: string;
  readonly itemId: string;
  readonly count: string;
  readonly phase: string;
}

interface Parcel {
  readonly unitId: string;
  readonly orderId: string;
  readonly phase: string;
}

/** Rows of one call: what the contracts take at once. */
const TASKS = 500;
const ORDERS = 200;
const UNITS = 500;

/** A wave is only known once it is there: each step looks at what is ready and does all of it. */
export async function waveCall(action: WaveAction, calls: ShopCalls): Promise<void> {
  const { ids } = calls;
  const api = calls.api(action.by);
  if (action.kind === 'release-wave') return releaseWave(action, calls);
  if (!ids.has('wave', action.wave)) return; // nothing was reserved
  const waveId = ids.of('wave', action.wave);
  const tasks = await allOf<PickTask>(api, `/v1/waves/${waveId}/pick-tasks`, 'pickTasks');
  switch (action.kind) {
    case 'pick-wave': {
      const short = action.short && { ...action.short, itemId: ids.of('item', action.short.item) };
      let missing = short === undefined ? 0 : 1;
      const rows = tasks.filter(({ phase }) => phase === 'PICK_TASK_PHASE_READY').map(({ taskId, itemId, count }) => {
        if (itemId !== short?.itemId || missing === 0) return { taskId, picked: count, reason: '' };
        missing--;
        return { taskId, picked: String(Number(count) - 1), reason: short.reason };
      });
      if (missing > 0) throw new PlanBroken(`wave ${action.wave} does not ask for ${action.short!.item}, which it should come short of`);
      return inParts(rows, TASKS, (part) => post(calls, action, `/v1/waves/${waveId}/pick-tasks:batchComplete`, { tasks: part }));
    }
    case 'pack-wave': {
      const orderIds = [...new Set(tasks.map(({ orderId }) => orderId))];
      return inParts(orderIds, ORDERS, (part) => post(calls, action, `/v1/centres/${ids.of('centre', action.centre)}/parcels:batchPack`, { orderIds: part }));
    }
    case 'stage-wave': {
      const centreId = ids.of('centre', action.centre);
      const parcels = await allOf<Parcel>(api, `/v1/parcels?centreId=${centreId}&phase=PARCEL_PHASE_PACKED`, 'parcels');
      const body = { doorLocationId: calls.location(action.centre, action.door) };
      return inParts(parcels.map(({ unitId }) => unitId), UNITS, (unitIds) => post(calls, action, `/v1/centres/${centreId}/parcels:batchStage`, { ...body, unitIds }));
    }
  }
}

async function releaseWave({ by, key, wave, centre }: Extract<WaveAction, { kind: 'release-wave' }>, { api, ids }: ShopCalls): Promise<void> {
  try {
    const { waveId } = await api(by).post<{ waveId: string }>(`/v1/centres/${ids.of('centre', centre)}/waves`, {}, key);
    ids.keep('wave', wave, waveId);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.problem.code === 'NOTHING_TO_PICK')) throw error;
  }
}

/** What is asked for depends on what was there, so the key does too: the same work gets the same answer, other work is done. */
async function post(calls: ShopCalls, { by, key }: WaveAction, path: string, body: unknown): Promise<void> {
  const json = jsonOf(body);
  const part = createHash('sha256').update(JSON.stringify(json)).digest('hex').slice(0, 12);
  await calls.api(by).post(path, json, `${key}:${part}`);
}

async function inParts<T>(rows: readonly T[], size: number, send: (part: readonly T[]) => Promise<void>): Promise<void> {
  for (let from = 0; from < rows.length; from += size) await send(rows.slice(from, from + size));
}
