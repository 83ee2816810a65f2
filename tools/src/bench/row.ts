import type { Ground } from './ground.js';
import type { Life } from './life.js';
import type { Spread } from './statistics.js';

/** What a row of the table found. */
export interface Figure {
  readonly value: number;
  readonly unit: string;
  /** The same work done by the baseline, in the same unit. */
  readonly baseline?: number;
  /** How many times better than the baseline. */
  readonly ratio?: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  readonly requestsPerSecond?: number;
  /** Least and most over the repetitions: of the ratio where there is one, else of the value. */
  readonly spread?: Spread;
  readonly goal?: string;
  readonly passed?: boolean;
  /** What else a reader must know: `baseline at 64 clients`. */
  readonly notes?: readonly string[];
}

/** What rows share: made when a row asks for it first. */
export interface Bench {
  /** A PostgreSQL with durability on. */
  ground(): Promise<Ground>;
  /** A whole system that has played its day. */
  life(): Promise<Life>;
  /** Says how far it is. */
  readonly say: (line: string) => void;
}

export interface Row {
  readonly name: string;
  /** Runs only when it is asked for by name. */
  readonly onlyNamed?: boolean;
  /** @throws when the work was done wrong: a fast run with a wrong result scores nothing. */
  run(bench: Bench): Promise<Figure>;
}
