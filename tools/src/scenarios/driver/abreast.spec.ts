import { describe, expect, it } from '@jest/globals';
import { abreast } from './abreast.js';

describe('work abreast', () => {
  it('is done once each, never on more than the limit at once', async () => {
    let busy = 0;
    let most = 0;
    const done: number[] = [];
    await abreast([...Array(20).keys()], 3, undefined, async (item) => {
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy--;
      done.push(item);
    });
    expect(done.sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(most).toBe(3);
  });

  it('begins nothing more after a failure', async () => {
    const begun: number[] = [];
    const work = abreast([...Array(20).keys()], 2, undefined, async (item) => {
      begun.push(item);
      await new Promise((resolve) => setImmediate(resolve));
      if (item === 3) throw new Error('broken');
    });
    await expect(work).rejects.toThrow('broken');
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(begun.length).toBeLessThanOrEqual(6);
  });

  it('ends when its signal aborts', async () => {
    const stop = new AbortController();
    let begun = 0;
    const work = abreast([...Array(20).keys()], 1, stop.signal, async () => {
      if (++begun === 4) stop.abort();
    });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
    expect(begun).toBe(4);
  });
});
