import * as contract from '@naru/contracts/gen/naru/warehousing/v1/wave_service';
import { errorText } from '@naru/kernel/errors';
import { contractWords } from '../contract-words.js';
import type { Waiting } from './allocate.js';
import type { PickTaskPhase } from './pick.js';
import type { TaskOutcome } from './picking.shell.js';
import type { PickTaskRow } from './pick-task.store.js';
import type { ShownWave, WavePhase } from './wave.store.js';

const wavePhases = contractWords<WavePhase, contract.WavePhase>({ released: contract.WavePhase.RELEASED, picked: contract.WavePhase.PICKED });

const taskPhases = contractWords<PickTaskPhase, contract.PickTaskPhase>({
  ready: contract.PickTaskPhase.READY,
  done: contract.PickTaskPhase.DONE,
  short: contract.PickTaskPhase.SHORT,
  cancelled: contract.PickTaskPhase.CANCELLED,
});

export function toWaveMessage(wave: ShownWave & { readonly waiting?: readonly Waiting[] }): contract.Wave {
  return contract.Wave.fromPartial({
    waveId: wave.waveId,
    code: wave.code,
    centreId: wave.centreId,
    phase: wavePhases.value(wave.phase),
    releasedAt: new Date(wave.releasedAt),
    orderIds: [...wave.orderIds],
    tasks: Number(wave.tasks),
    readyTasks: Number(wave.readyTasks),
    waiting: [...(wave.waiting ?? [])],
  });
}

export function toPickTaskMessage(task: PickTaskRow): contract.PickTask {
  return contract.PickTask.fromPartial({
    ...task,
    phase: taskPhases.value(task.phase),
    reason: task.reason ?? '',
    doneAt: task.doneAt === null ? undefined : new Date(task.doneAt),
  });
}

export function toTaskOutcome(outcome: TaskOutcome): contract.PickTaskOutcome {
  const { taskId } = outcome;
  if ('refusal' in outcome) {
    const { code, details } = outcome.refusal;
    return contract.PickTaskOutcome.fromPartial({ taskId, code, detail: errorText(code, 'en', details) });
  }
  const { end, short } = outcome;
  const cancelled = end.phase === 'cancelled';
  return contract.PickTaskOutcome.fromPartial({
    taskId,
    phase: taskPhases.value(end.phase),
    picked: end.picked,
    pickedGrams: end.pickedGrams,
    short,
    code: cancelled ? 'PICK_NO_LONGER_COVERED' : '',
    detail: cancelled ? errorText('PICK_NO_LONGER_COVERED', 'en') : '',
  });
}
