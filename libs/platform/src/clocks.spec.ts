import { describe, expect, it } from '@jest/globals';
import { ScenarioClock } from './clocks.js';

describe('ScenarioClock', () => {
  it('runs timers at their own instants, in order, those they set included', async () => {
    const clock = new ScenarioClock(1000);
    const seen: string[] = [];
    clock.at(1500, async () => {
      seen.push(`b@${clock.now()}`);
      clock.at(1700, async () => void seen.push(`c@${clock.now()}`));
    });
    clock.at(1200, async () => void seen.push(`a@${clock.now()}`));
    clock.at(1500, async () => void seen.push(`b2@${clock.now()}`));
    await clock.advanceTo(2000);
    expect(seen).toEqual(['a@1200', 'b@1500', 'b2@1500', 'c@1700']);
    expect(clock.now()).toBe(2000);
  });
  it('runs the timers of one instant at once, and those of the next after the last of them', async () => {
    const clock = new ScenarioClock(0);
    const seen: string[] = [];
    const met = Promise.withResolvers<void>();
    clock.at(20, async () => void seen.push('later'));
    clock.at(10, async () => {
      await met.promise;
      seen.push('waits for the other');
    });
    clock.at(10, async () => {
      clock.at(10, async () => void seen.push(`set by it@${clock.now()}`));
      met.resolve();
    });
    await clock.advanceTo(20);
    expect(seen).toEqual(['waits for the other', 'set by it@10', 'later']);
  });
  it('tells of a failure once the others of its instant have ended', async () => {
    const clock = new ScenarioClock(0);
    let ended = false;
    clock.at(10, async () => {
      throw new Error('no');
    });
    clock.at(10, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      ended = true;
    });
    await expect(clock.advanceTo(20)).rejects.toThrow('no');
    expect(ended).toBe(true);
  });
  it('never goes back, and runs what is overdue at once', async () => {
    const clock = new ScenarioClock(1000);
    let ranAt = 0;
    clock.at(500, async () => void (ranAt = clock.now()));
    await clock.advanceTo(900);
    expect(ranAt).toBe(1000);
    expect(clock.now()).toBe(1000);
  });
  it('forgets a cancelled timer', async () => {
    const clock = new ScenarioClock(0);
    let ran = false;
    clock.at(10, async () => void (ran = true))();
    await clock.advanceTo(20);
    expect(ran).toBe(false);
    expect(clock.nextDue()).toBeUndefined();
  });
});
