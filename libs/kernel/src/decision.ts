import type { ErrorCode } from './errors.js';

/** Why a command is refused: a stable code, the figures a caller needs, and the ids of the events that decide. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /** Ids of the events behind the refusal. */
  readonly why: readonly string[];
}

/** What a core function answers: the events that follow, or the reason why not. Errors are values here. */
export type Decision<Event> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly refusal: Refusal };

export function accept<Event>(events: readonly Event[]): Decision<Event> {
  return { accepted: true, events };
}

export function refuse(code: ErrorCode, details: Readonly<Record<string, unknown>> = {}, why: readonly string[] = []): { readonly accepted: false; readonly refusal: Refusal } {
  return { accepted: false, refusal: { code, details, why } };
}

/** A refusal on its way out of the shell: thrown by controllers, turned into a status in one place. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
    this.name = 'Refused';
  }
}

/** Throws the refusal of a decision, or gives its events. */
export function eventsOf<Event>(decision: Decision<Event>): readonly Event[] {
  if (!decision.accepted) throw new Refused(decision.refusal);
  return decision.events;
}

/** Throws a refusal. For the shell: cores return `refuse(...)`. */
export function refused(code: ErrorCode, details: Readonly<Record<string, unknown>> = {}, why: readonly string[] = []): never {
  throw new Refused({ code, details, why });
}
