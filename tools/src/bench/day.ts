import { beginLife } from './life.js';
import type { Figure, Row } from './row.js';

/** The market day of real prices, played as fast as it goes through the public API. */
export const day: Row = {
  name: 'day',
  async run(bench): Promise<Figure> {
    const { seconds, calls } = (await bench.life()).day;
    return { value: seconds, unit: 's', requestsPerSecond: calls / seconds, notes: [`${calls} requests, ${Math.round(calls / seconds)}/s`] };
  },
};

/** The same with all rows of the big file. */
export const dayBig: Row = {
  name: 'day_big',
  onlyNamed: true,
  async run(bench): Promise<Figure> {
    const life = await beginLife('big', bench.say);
    try {
      const { seconds, calls } = life.day;
      return { value: seconds, unit: 's', requestsPerSecond: calls / seconds, notes: [`${calls} requests, ${Math.round(calls / seconds)}/s`] };
    } finally {
      await life.end();
    }
  },
};
