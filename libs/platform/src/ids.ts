import { randomFillSync } from 'node:crypto';
import { type Id, type NewId, idGenerator } from '@naru/kernel/ids';
import { systemClock } from './clocks.js';

/** Makes the ids of a service: UUIDv7 on the system clock. */
export class Ids {
  readonly #next: NewId;

  constructor(newId: NewId = idGenerator(() => systemClock.now(), (bytes) => void randomFillSync(bytes))) {
    this.#next = newId;
  }

  next(): Id {
    return this.#next();
  }
}
