import type { Minor } from '@naru/kernel/money';

/** From this price upwards a bid must top the price by at least `increment`. Minor units. */
export interface IncrementBand {
  readonly fromAmount: Minor;
  readonly increment: Minor;
}

/** What a bid must add to `price`: the increment of the highest band that begins at or below it. */
export function incrementAt(bands: readonly IncrementBand[], price: Minor): Minor {
  let increment = 0n;
  for (const band of bands) if (band.fromAmount <= price) increment = band.increment;
  return increment;
}

/**
 * Whether bands begin at 0, ascend, and step in whole bid units. Increments may not fall from band to band:
 * a higher second limit would then make a lower price.
 */
export function areIncrements(bands: readonly IncrementBand[], bidUnit: Minor): boolean {
  return (
    bands[0]?.fromAmount === 0n &&
    bands.every(({ fromAmount, increment }, i) => {
      const below = bands[i - 1];
      return increment > 0n && increment % bidUnit === 0n && (!below || (fromAmount > below.fromAmount && increment >= below.increment));
    })
  );
}
