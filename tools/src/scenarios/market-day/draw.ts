import { seededRandom } from '@naru/kernel/random';

/** Draws from a printed seed: the same seed gives the same scenario. */
export interface Draw {
  /** A whole number from `least` to `most`, both included. */
  readonly whole: (least: number, most: number) => number;
  /** True in `percent` of a hundred cases. */
  readonly chance: (percent: number) => boolean;
  /** `count` different ones of `from`, in drawn order. */
  readonly some: <T>(from: readonly T[], count: number) => readonly T[];
}

export function drawFrom(seed: number): Draw {
  const random = seededRandom(seed);
  const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  return {
    whole,
    chance: (percent) => random() * 100 < percent,
    some: (from, count) => {
      const rest = [...from];
      return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(whole(0, rest.length - 1), 1)[0]!);
    },
  };
}
