/** What a load did in its time. */
export interface Load {
  readonly done: number;
  readonly perSecond: number;
  /** Of each, milliseconds. */
  readonly latencies: readonly number[];
}

/** Keeps `inFlight` pieces of work going for `seconds`; counts those that end within them. Rejects with the first that fails. */
export async function closedLoop(inFlight: number, seconds: number, work: (worker: number) => Promise<unknown>): Promise<Load> {
  const latencies: number[] = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  let last = begun;
  const worker = async (number: number): Promise<void> => {
    for (let from = performance.now(); from < until; ) {
      await work(number);
      const now = performance.now();
      latencies.push(now - from);
      from = last = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, number) => worker(number)));
  return { done: latencies.length, perSecond: (latencies.length / (last - begun)) * 1000, latencies };
}
