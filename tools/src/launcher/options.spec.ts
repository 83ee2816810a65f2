import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PORT, parseStartOptions } from './options.js';

describe('the options of npm start', () => {
  it('play the live day at a speed for people, on the usual port', () => {
    expect(parseStartOptions([])).toEqual({ port: DEFAULT_PORT, speed: 800, quiet: false, demo: true, fresh: false, day: 'live' });
  });

  it('say all that can be chosen', () => {
    expect(parseStartOptions(['--port', '7821', '--speed', 'max', '--quiet', '--fresh', '--day', 'big', '--lots', '1000'])).toEqual({ port: 7821, speed: Infinity, quiet: true, demo: true, fresh: true, day: 'big', lots: 1000 });
    expect(parseStartOptions(['--no-demo', '--speed', '0.5'])).toMatchObject({ demo: false, speed: 0.5 });
  });
});
