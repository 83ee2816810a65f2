/** Works on `items`, on at most `limit` of them at once; throws the first failure, or the reason of `signal` when that aborts. */
export async function abreast<T>(items: readonly T[], limit: number, signal: AbortSignal | undefined, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      signal?.throwIfAborted();
      await work(items[next++]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, () => worker().catch((error: unknown) => {
    failed = true;
    throw error;
  })));
}
