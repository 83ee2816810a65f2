import type { Minor } from '@naru/kernel/money';

/**
 * Splits `total` ≥ 0 by `weights` with the largest remainders: the parts sum to the whole, each is less than one unit from its exact share, and of equal
 * remainders the earlier gets the unit. Without any weight all count alike.
 */
export function allocate(total: Minor, weights: readonly bigint[]): readonly Minor[] {
  if (weights.length === 0) return [];
  const given = weights.reduce((sum, weight) => sum + weight, 0n);
  const shares = given === 0n ? weights.map(() => 1n) : weights;
  const sum = given === 0n ? BigInt(weights.length) : given;
  const parts = shares.map((weight) => (total * weight) / sum);
  const left = Number(total - parts.reduce((a, b) => a + b, 0n));
  const byRemainder = shares.map((weight, place) => ({ place, remainder: (total * weight) % sum })).sort((a, b) => (a.remainder === b.remainder ? a.place - b.place : a.remainder > b.remainder ? -1 : 1));
  const lucky = new Set(byRemainder.slice(0, left).map(({ place }) => place));
  return parts.map((part, place) => (lucky.has(place) ? part + 1n : part));
}
