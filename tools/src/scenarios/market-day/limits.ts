import type { IncrementBand } from './market.js';

/** What of a market's rules decides about prices. */
export interface PriceRules {
  /** Ascending, the first from 0. */
  readonly increments: readonly IncrementBand[];
  readonly bidUnit: bigint;
}

/**
 * The limits that bring a real price out of the proxy rule, minor units.
 * `runner-up`: the winner's limit lies above the real price and the runner-up's makes it.
 * `equal`: no runner-up can make it exactly; both bid the real price, the earlier one wins at its own limit, and `why` names the rule.
 */
export type Limits =
  | { readonly kind: 'runner-up'; readonly winner: bigint; readonly runnerUp: bigint }
  | { readonly kind: 'equal'; readonly winner: bigint; readonly runnerUp: bigint; readonly why: string };

/** The least step above `price`: the increment of the last band that begins at or below it. */
export function incrementAt(price: bigint, increments: readonly IncrementBand[]): bigint {
  const band = increments.findLast(({ fromAmount }) => fromAmount <= price);
  if (!band) throw new RangeError(`no increment band holds ${price}`);
  return band.increment;
}

/** Rule A4: a proxy pays one increment over the second limit, and never more than its own. */
export function proxyPrice(winner: bigint, runnerUp: bigint, increments: readonly IncrementBand[]): bigint {
  const enough = runnerUp + incrementAt(runnerUp, increments);
  return winner < enough ? winner : enough;
}

/**
 * Limits under which a lot that starts at `start` comes out at `real`, both in minor units. The winner offers `stepsAbove` increments (at least one) over
 * the real price. Of several runner-up limits that make it, the highest is taken.
 */
export function limitsFor(real: bigint, start: bigint, { increments, bidUnit }: PriceRules, stepsAbove = 1n): Limits {
  const makes = increments
    .map(({ increment }) => real - increment)
    .filter((limit) => limit >= start && limit > 0n && limit % bidUnit === 0n && limit + incrementAt(limit, increments) === real)
    .reduce<bigint | undefined>((best, limit) => (best === undefined || limit > best ? limit : best), undefined);
  if (makes !== undefined) return { kind: 'runner-up', winner: real + stepsAbove * incrementAt(real, increments), runnerUp: makes };
  return { kind: 'equal', winner: real, runnerUp: real, why: whyNone(real, start, { increments, bidUnit }) };
}

function whyNone(real: bigint, start: bigint, { increments, bidUnit }: PriceRules): string {
  if (real % bidUnit !== 0n) return `${real} is not a multiple of the bid unit ${bidUnit}`;
  const edge = increments.findLast(({ fromAmount }, i) => i > 0 && fromAmount <= real && real < fromAmount + increments[i]!.increment);
  if (!edge) return `the limit that would make ${real} lies below the start price ${start}`;
  const below = increments[increments.indexOf(edge) - 1]!;
  return `from ${edge.fromAmount} the increment is ${edge.increment}, below it ${below.increment}: `
    + `the highest price made from below the edge lies under ${edge.fromAmount + below.increment}, the least made from the edge is ${edge.fromAmount + edge.increment}`;
}
