import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { idFloor, idGenerator, isUuid } from './ids.js';

const zeros = (bytes: Uint8Array): void => void bytes.fill(0);

describe('idGenerator', () => {
  it('makes version 7 with the time in front', () => {
    const id = idGenerator(() => 0x0123456789ab, zeros)();
    expect(id).toBe('01234567-89ab-7000-8000-000000000000');
    expect(isUuid(id)).toBe(true);
  });

  it('never goes back, however the clock jumps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 50 }), (times) => {
        let i = 0;
        const next = idGenerator(() => 1_700_000_000_000 + times[i++ % times.length]!, zeros);
        const ids = times.map(() => next());
        expect([...ids].sort()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('goes on into the next millisecond when one is full', () => {
    const next = idGenerator(() => 1, zeros);
    const ids = Array.from({ length: 10_000 }, next);
    expect(new Set(ids).size).toBe(10_000);
    expect([...ids].sort()).toEqual(ids);
  });

  it('idFloor bounds the ids of an instant from below', () => {
    const at = 1_700_000_000_000;
    const id = idGenerator(() => at, zeros)();
    expect(idFloor(at) <= id && id < idFloor(at + 1)).toBe(true);
  });
});
