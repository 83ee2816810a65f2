/** Sets timers. A port, so that loops run under a simulation. */
export type Timer = (ms: number, ring: () => void) => () => void;

export const realTimer: Timer = (ms, ring) => {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
};

/** Wakes one sleeping loop. A ring while it is awake is remembered, so that none is missed. */
export class Bell {
  readonly #timer: Timer;
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(timer: Timer = realTimer) {
    this.#timer = timer;
  }

  /** Whether nobody has rung since it was last heard. */
  get quiet(): boolean {
    return !this.#rung;
  }

  /** Whether its loop sleeps, and will go on sleeping. */
  get asleep(): boolean {
    return this.#wake !== undefined && this.quiet;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring (or the last one not heard yet), at the latest after `ms`; whether it rang. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const cancel = this.#timer(ms, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}

/** The pause before attempt `failures + 1`: doubles from `firstMs` up to `mostMs`, the upper half of it by chance. */
export function backOffMs(failures: number, firstMs: number, mostMs: number, random: () => number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1)) * (0.5 + random() / 2);
}

/** Waits, but no longer than until `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
