import type { Lying, Quantity } from './ledger.js';

/** The grams of `count` out of a balance: its share, rounded down; all of it for the last. */
export function gramsOf(balance: Quantity, count: bigint): bigint {
  return count >= balance.count ? balance.grams : (balance.grams * count) / balance.count;
}

/**
 * Takes `count` from what lies there, in its order; less when there is less. With `grams` the weight is known, as of a receipt, and is taken from the
 * first balance as it is where that has more of both; otherwise it is the share of what is taken.
 */
export function slices<Goods extends Lying>(lying: readonly Goods[], count: bigint, grams?: bigint): readonly Goods[] {
  const taken: Goods[] = [];
  let left = count;
  for (const balance of lying) {
    if (left <= 0n) break;
    if (balance.count <= 0n) continue;
    const part = balance.count < left ? balance.count : left;
    const known = grams !== undefined && taken.length === 0 && part === count && part < balance.count && grams < balance.grams;
    taken.push({ ...balance, count: part, grams: known ? grams : gramsOf(balance, part) });
    left -= part;
  }
  return taken;
}

/** What is left of what lies there once `taken` is gone from it. */
export function without<Goods extends Lying>(lying: readonly Goods[], taken: readonly Lying[], keyOf: (goods: Lying) => string): readonly Goods[] {
  const gone = Map.groupBy(taken, keyOf);
  return lying.map((balance) => {
    const parts = gone.get(keyOf(balance)) ?? [];
    return {
      ...balance,
      count: parts.reduce((count, part) => count - part.count, balance.count),
      grams: parts.reduce((weight, part) => weight - part.grams, balance.grams),
    };
  });
}

export function sumOf(parts: readonly Quantity[]): Quantity {
  return { count: parts.reduce((sum, { count }) => sum + count, 0n), grams: parts.reduce((sum, { grams }) => sum + grams, 0n) };
}
