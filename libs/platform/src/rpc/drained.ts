import type { EventEmitter } from 'node:events';

/** Waits until a stream takes more, or nobody reads it any longer. A stream may wait as often as it likes: nothing of it stays on the call. */
export function drained(call: EventEmitter & { readonly cancelled: boolean }): Promise<void> {
  return new Promise((resolve) => {
    if (call.cancelled) return resolve();
    const end = (): void => {
      call.off('drain', end);
      call.off('cancelled', end);
      resolve();
    };
    call.on('drain', end);
    call.on('cancelled', end);
  });
}
