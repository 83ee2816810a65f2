import { PlanBroken } from './plan-ids.js';

/** What became of a row of a batch: its code is empty where it was taken. */
export interface Outcome {
  readonly code: string;
  readonly detail: string;
}

/** @throws PlanBroken when the row was refused: a plan only asks for what must be taken. */
export function taken<T extends Outcome>(outcome: T, what: string): T {
  if (outcome.code !== '') throw new PlanBroken(`${what} was refused: ${outcome.code} ${outcome.detail}`);
  return outcome;
}
