import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { drained } from './drained.js';

const listeners = (call: EventEmitter): number => call.listenerCount('drain') + call.listenerCount('cancelled');

describe('a stream that waits for its reader', () => {
  it('leaves nothing on the call, however often it waits', async () => {
    const call = Object.assign(new EventEmitter(), { cancelled: false });
    for (let i = 0; i < 1000; i++) {
      const waiting = drained(call);
      expect(listeners(call)).toBe(2);
      call.emit('drain');
      await waiting;
    }
    expect(listeners(call)).toBe(0);
  });

  it('goes on when the reader has left, before or while it waits', async () => {
    const call = Object.assign(new EventEmitter(), { cancelled: false });
    const waiting = drained(call);
    call.cancelled = true;
    call.emit('cancelled');
    await waiting;
    await drained(call);
    expect(listeners(call)).toBe(0);
  });
});
