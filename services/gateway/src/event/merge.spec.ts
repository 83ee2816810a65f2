import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PUBLISHERS } from '@naru/contracts/registry';
import { type Logged, merged } from './merge.js';

const LIMIT = 5;

function logOf(source: (typeof PUBLISHERS)[number], times: readonly number[]): readonly Logged[] {
  return times.map((recordTime, i) => ({ source, position: BigInt(i + 1), eventId: `${source}-${i}`, type: '', key: '', payload: new Uint8Array(), time: recordTime, recordTime }));
}

const times = fc.array(fc.nat(20), { maxLength: LIMIT });
const logs = fc.tuple(...PUBLISHERS.map(() => times)).map((drawn) => drawn.map((t, i) => logOf(PUBLISHERS[i]!, t)));
const inOrder = fc.tuple(...PUBLISHERS.map(() => times)).map((drawn) => drawn.map((t, i) => logOf(PUBLISHERS[i]!, t.toSorted((a, b) => a - b))));

describe('merged logs', () => {
  it('keep the order of every log and leave no gap, whatever the times say', () => {
    fc.assert(
      fc.property(logs, (drawn) => {
        const events = merged(drawn, LIMIT);
        for (const [i, publisher] of PUBLISHERS.entries()) {
          const own = events.filter((event) => event.source === publisher);
          expect(own).toEqual(drawn[i]!.slice(0, own.length));
        }
      }),
    );
  });

  it('are in order of record time where the logs are', () => {
    fc.assert(
      fc.property(inOrder, (drawn) => {
        const seen = merged(drawn, LIMIT).map((event) => event.recordTime);
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      }),
    );
  });

  it('end only where a log may hold more', () => {
    fc.assert(
      fc.property(logs, (drawn) => {
        const events = merged(drawn, LIMIT);
        const whole = drawn.every((log) => log.length < LIMIT);
        if (whole) expect(events).toHaveLength(drawn.flat().length);
        else expect(drawn.some((log, i) => log.length === LIMIT && events.filter((event) => event.source === PUBLISHERS[i]).length === LIMIT)).toBe(true);
      }),
    );
  });
});
