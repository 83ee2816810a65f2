import { setTimeout as sleep } from 'node:timers/promises';
import { proportionalSetMegabytes } from './processes.js';
import type { Figure, Row } from './row.js';

const AFTER_DAY_MS = 30_000;
const GOAL_MEGABYTES = 400;

/** What the whole system but PostgreSQL holds in memory, some time after a day. */
export const rss: Row = {
  name: 'rss',
  async run(bench): Promise<Figure> {
    const life = await bench.life();
    await sleep(Math.max(0, life.day.endedAt + AFTER_DAY_MS - performance.now()));
    const sizes = life.pids().map(proportionalSetMegabytes);
    const value = sizes.reduce((sum, size) => sum + size, 0);
    return { value, unit: 'MB PSS', goal: `≤ ${GOAL_MEGABYTES} MB`, passed: value <= GOAL_MEGABYTES, notes: [`${sizes.length} processes: ${sizes.map((size) => size.toFixed(0)).join(' + ')} MB`] };
  },
};
