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
  /** These were not where the books have them: they are held until they are counted. */
  | ({ readonly type: 'PickShorted'; readonly reason: string } & Quantity);

/** The weight of `count` units out of `balance`: their share, rounded down; all of it for the last ones. */
export function gramsOf(balance: Quantity, count: bigint): bigint {
  return count >= balance.count ? balance.grams : (balance.grams * count) / balance.count;
}

/**
 * Whether the task may be completed as reported, with `there` the available goods of the batch at its location. What is missing of the task is short;
 * what the location holds beyond the task stays as it is.
 */
export function completePick(task: PickTask, report: PickReport, there: Quantity): Decision<PickEvent> {
  if (task.phase !== 'ready') return refuse('PICK_TASK_NOT_READY', { phase: task.phase });
  if (report.picked > task.count) return refuse('PICKED_TOO_MUCH', { asked: task.count });
  if (report.picked < task.count && report.reason === '') return refuse('SHORT_PICK_REASON_NEEDED', { asked: task.count });
  if (task.covered < task.count) return refuse('PICK_NO_LONGER_COVERED', { covered: task.covered });
  if (there.count < task.count) return refuse('STOCK_NOT_THERE', { ...there });
  const events: PickEvent[] = [];
  let left = there;
  if (report.picked > 0n) {
    const byScale = task.catchWeight && report.grams > 0n && report.picked < there.count;
    if (byScale && report.grams > there.grams) return refuse('STOCK_NOT_THERE', { ...there });
    const grams = byScale ? report.grams : gramsOf(there, report.picked);
    events.push({ type: 'GoodsPicked', count: report.picked, grams });
    left = { count: there.count - report.picked, grams: there.grams - grams };
  }
  const missing = task.count - report.picked;
  if (missing > 0n) events.push({ type: 'PickShorted', reason: report.reason, count: missing, grams: gramsOf(left, missing) });
  return accept(events);
}
