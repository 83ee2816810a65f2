import { randomFillSync } from 'node:crypto';
import { type Id, type NewId, idGenerator } from '@naru/kernel/ids';
import { systemClock } from './clocks.js';

const ID_BYTES = 16;
/** Random bytes are fetched for this many ids at a time: a fetch costs as much for one as for all. */
const FETCHED = 256;

/** Fills what it is given with random bytes, each used once. */
function pooledRandom(): (bytes: Uint8Array) => void {
  const pool = new Uint8Array(FETCHED * ID_BYTES);
  let used = pool.length;
  return (bytes) => {
    if (used + bytes.length > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    bytes.set(pool.subarray(used, (used += bytes.length)));
  };
}

/** Makes the ids of a service: UUIDv7 on the system clock. */
export class Ids {
  readonly #next: NewId;

  constructor(newId: NewId = idGenerator(() => systemClock.now(), pooledRandom())) {
    this.#next = newId;
  }

  next(): Id {
    return this.#next();
  }
}
