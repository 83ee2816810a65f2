import type { End } from './life.js';
import type { Figure, Row } from './row.js';
import { median, spreadOf } from './statistics.js';

const ENDS: readonly End[] = ['stopped', 'killed', 'killed with PostgreSQL'];
const REPETITIONS = 2;
const GOAL_SECONDS = 5;

/** A later start until healthy, with the data of the day, whatever end the last one took. */
export const ready: Row = {
  name: 'ready',
  async run(bench): Promise<Figure> {
    const life = await bench.life();
    const seconds = new Map<End, number[]>(ENDS.map((end) => [end, []]));
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      for (const end of ENDS) {
        seconds.get(end)!.push(await life.startAgain(end));
        bench.say(`${end}: ${seconds.get(end)!.at(-1)!.toFixed(2)} s`);
      }
    }
    const all = [...seconds.values()].flat();
    const value = Math.max(...[...seconds.values()].map(median));
    return {
      ...{ value, unit: 's', spread: spreadOf(all), goal: `≤ ${GOAL_SECONDS} s`, passed: value <= GOAL_SECONDS },
      notes: [`the slowest of ${ENDS.map((end) => `${end} ${median(seconds.get(end)!).toFixed(2)} s`).join(', ')}`],
    };
  },
};
