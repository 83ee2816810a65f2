/** A command on a database whose journals have many rows, or few. */
export interface Journal {
  /** How long one took, milliseconds. */
  call(): Promise<number>;
  stop(): Promise<void>;
}

/** How long `work` takes, milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
