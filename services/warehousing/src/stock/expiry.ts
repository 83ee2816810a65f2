import type { BusinessDay } from '@naru/kernel/instant';

const DAY_MS = 86_400_000;

/**
 * Whether goods that keep up to and including `expiresOn` may leave on `on` for a customer who asks for `minRemainingLifeDays` more days, the day of leaving
 * not counted (rule W6). Goods without a date keep.
 */
export function isUsable(expiresOn: BusinessDay | undefined, on: BusinessDay, minRemainingLifeDays: number): boolean {
  return expiresOn === undefined || (Date.parse(expiresOn) - Date.parse(on)) / DAY_MS >= minRemainingLifeDays;
}
