import type { Journal } from './growing-journal.js';
import { bidJournal } from './journal-of-bids.js';
import { reservationJournal } from './journal-of-reservations.js';
import type { Bench, Figure, Row } from './row.js';
import { median, spreadOf } from './statistics.js';

const FEW = 10_000;
const MANY = 1_000_000;
const ROUNDS = 5;
/** Calls of a round, one after the other. */
const CALLS = 400;
const GOAL = 1.2;


/** Whether a bid and a reservation get slower as their journals grow: the median of each with a million rows over that with ten thousand; the worse counts. */
export const journal: Row = {
  name: 'journal',
  async run(bench: Bench): Promise<Figure> {
    const reservation = await compare(bench, 'reservation', reservationJournal);
    const bid = await compare(bench, 'bid', bidJournal);
    const worse = median(bid.ratios) > median(reservation.ratios) ? bid : reservation;
    const ratio = median(worse.ratios);
    return {
      ...{ value: median(worse.many), unit: 'ms', baseline: median(worse.few), ratio, spread: spreadOf(worse.ratios), goal: `ratio ≤ ${GOAL}`, passed: ratio <= GOAL },
      notes: [
        `the worse of two: ${[['bid', bid], ['reservation', reservation]].map(([name, one]) => `${name as string} ${median((one as Comparison).ratios).toFixed(2)}`).join(', ')}; ` +
          `medians of ${CALLS} calls one by one with ${MANY.toLocaleString('en-US')} rows in the journals and with ${FEW.toLocaleString('en-US')}`,
      ],
    };
  },
};

interface Comparison {
  readonly few: readonly number[];
  readonly many: readonly number[];
  readonly ratios: readonly number[];
}

/** Both live beside each other, and take turns: what else the machine does meets both. */
async function compare(bench: Bench, name: string, open: (bench: Bench, rows: number) => Promise<Journal>): Promise<Comparison> {
  const few = await open(bench, FEW);
  try {
    const many = await open(bench, MANY);
    try {
      await round(few, many);
      const medians = { few: [] as number[], many: [] as number[] };
      for (let n = 1; n <= ROUNDS; n++) {
        const [short, long] = await round(few, many);
        medians.few.push(short);
        medians.many.push(long);
        bench.say(`${name} ${n} of ${ROUNDS}: ${long.toFixed(2)} ms with many rows, ${short.toFixed(2)} ms with few`);
      }
      return { ...medians, ratios: medians.many.map((long, i) => long / medians.few[i]!) };
    } finally {
      await many.stop();
    }
  } finally {
    await few.stop();
  }
}

/** The medians of each; call by call in turn. */
async function round(few: Journal, many: Journal): Promise<readonly [number, number]> {
  const times: readonly [number[], number[]] = [[], []];
  for (let n = 0; n < CALLS; n++) {
    times[0].push(await few.call());
    times[1].push(await many.call());
  }
  return [median(times[0]), median(times[1])];
}

