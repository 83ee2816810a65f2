import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import type { LoggedRecord, Slice } from '@naru/platform/bus/reader';
import { merged } from './merge.js';

const TOPICS = PUBLISHERS.map(topicOf);

function sliceOf(topic: string, times: readonly number[], hasMore: boolean): Slice {
  const records = times.map((recordTime, i): LoggedRecord => ({ topic, partition: 0, offset: BigInt(i + 1), id: `${topic}-${i}`, type: '', source: '', key: '', payload: new Uint8Array(), time: recordTime, recordTime, traceparent: undefined, tracestate: undefined }));
  return { records, hasMore };
}

const times = fc.array(fc.nat(20), { maxLength: 5 });
const slicesOf = (order: (drawn: readonly number[]) => readonly number[]) =>
  fc.tuple(...TOPICS.map(() => fc.tuple(times, fc.boolean()))).map((drawn) => drawn.map(([t, hasMore], i) => sliceOf(TOPICS[i]!, order(t), hasMore && t.length > 0)));
const slices = slicesOf((drawn) => drawn);
const inOrder = slicesOf((drawn) => drawn.toSorted((a, b) => a - b));

describe('merged partitions', () => {
  it('keep the order of each and leave no gap, whatever the times say', () => {
    fc.assert(
      fc.property(slices, (drawn) => {
        const events = merged(drawn);
        for (const [i, topic] of TOPICS.entries()) {
          const own = events.filter((event) => event.topic === topic);
          expect(own).toEqual(drawn[i]!.records.slice(0, own.length));
        }
      }),
    );
  });

  it('are in order of record time where the partitions are', () => {
    fc.assert(
      fc.property(inOrder, (drawn) => {
        const seen = merged(drawn).map((event) => event.recordTime);
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      }),
    );
  });

  it('end only where a partition holds more, and never without having given something', () => {
    fc.assert(
      fc.property(slices, (drawn) => {
        const events = merged(drawn);
        if (!drawn.some(({ hasMore }) => hasMore)) expect(events).toHaveLength(drawn.flatMap(({ records }) => records).length);
        else expect(drawn.some(({ records, hasMore }, i) => hasMore && events.filter((event) => event.topic === TOPICS[i]).length === records.length)).toBe(true);
        if (drawn.some(({ records }) => records.length > 0)) expect(events.length).toBeGreaterThan(0);
      }),
    );
  });
});
