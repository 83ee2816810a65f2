import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { Quantity } from '../stock/ledger.js';

export type PickTaskPhase = 'ready' | 'done' | 'short' | 'cancelled';

/** A task with what stands behind it when it is completed. */
export interface PickTask {
  readonly phase: PickTaskPhase;
  readonly count: bigint;
  /** What the reservation still covers of goods that are not picked: it may have been taken away meanwhile (rules W7, W9). */
  readonly covered: bigint;
  readonly catchWeight: boolean;
}

/** What the picker reports. */
export interface PickReport {
  readonly picked: bigint;
  /** Weight of what was picked, of goods by catch weight; 0 where it was not weighed. */
  readonly grams: bigint;
  /** Why less was picked than asked. */
  readonly reason: string;
}

export type PickEvent =
  | ({ readonly type: 'GoodsPicked' } & Quantity)
  /** `missing` of the task were not found. Those of them that the books have at the location are held until they are counted. */
  | { readonly type: 'PickShorted'; readonly missing: bigint; readonly held: Quantity; readonly reason: string }
  /** The promise behind the task was taken away: the goods stay on the shelf. */
  | { readonly type: 'PickCancelled'; readonly covered: bigint };

/** The weight of `count` units out of `balance`: their share, rounded down; all of it for the last ones. */
export function gramsOf(balance: Quantity, count: bigint): bigint {
  return count >= balance.count ? balance.grams : (balance.grams * count) / balance.count;
}

/**
 * What completing the task as reported does, with `there` the available goods of the batch at its location. What is missing of the task is short; what the
 * location holds beyond the task stays as it is. A task that its promise no longer covers is cancelled, whatever was reported.
 */
export function completePick(task: PickTask, report: PickReport, there: Quantity): Decision<PickEvent> {
  const { picked, reason } = report;
  if (task.phase !== 'ready') return refuse('PICK_TASK_NOT_READY', { phase: task.phase });
  if (task.covered < task.count) return accept([{ type: 'PickCancelled', covered: task.covered }]);
  if (picked > task.count) return refuse('PICKED_TOO_MUCH', { asked: task.count });
  if (picked < task.count && reason === '') return refuse('SHORT_PICK_REASON_NEEDED', { asked: task.count });
  if (picked > there.count) return refuse('STOCK_NOT_THERE', { ...there });
  const byScale = task.catchWeight && report.grams > 0n && picked < there.count;
  if (byScale && report.grams > there.grams) return refuse('STOCK_NOT_THERE', { ...there });
  const grams = byScale ? report.grams : gramsOf(there, picked);
  const events: PickEvent[] = picked > 0n ? [{ type: 'GoodsPicked', count: picked, grams }] : [];
  const missing = task.count - picked;
  if (missing > 0n) {
    const left = picked > 0n ? { count: there.count - picked, grams: there.grams - grams } : there;
    const count = missing < left.count ? missing : left.count;
    events.push({ type: 'PickShorted', missing, held: { count, grams: count > 0n ? gramsOf(left, count) : 0n }, reason });
  }
  return accept(events);
}
