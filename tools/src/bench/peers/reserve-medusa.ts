import type { Bench, Figure, Row } from '../row.js';
import { median, spreadOf } from '../statistics.js';
import { medusaFigures, type PeerWay } from './medusa.js';

const GOAL = 10;

/** Our reservations of one hot item: accepted per second, by repetition, and how many pieces too many were promised. */
export interface OurReservations {
  readonly perSecond: readonly number[];
  readonly p50: number;
  readonly p99: number;
  readonly oversold: number;
}

/** Ours over gRPC against Medusa's modules with their lock, in process, in the same run on the same PostgreSQL. */
export function reserveMedusa(ours: (bench: Bench) => Promise<OurReservations>): Row {
  return {
    name: 'reserve_medusa',
    onlyNamed: true,
    async run(bench): Promise<Figure> {
      const { perSecond, p50, p99, oversold } = await ours(bench);
      if (oversold > 0) throw new Error(`${oversold} pieces were promised that are not there`);
      const database = await (await bench.ground()).database();
      try {
        const peer = await medusaFigures(database.adminUrl, bench.say);
        const theirs = peer.withLock.hot.map((run) => run.perSecond);
        const [value, baseline] = [median(perSecond), median(theirs)];
        return {
          ...{ value, unit: 'reservations/s', baseline, ratio: value / baseline, p50, p99 },
          ...{ spread: spreadOf(perSecond.map((own, i) => own / theirs[Math.min(i, theirs.length - 1)]!)), goal: `ratio ≥ ${GOAL}`, passed: value / baseline >= GOAL },
          notes: [`${peer.product}, ${peer.clients} callers`, `with its lock ${wayText(peer.withLock)}`, `without it ${wayText(peer.withoutLock)}`, 'ours: 0 oversold'],
        };
      } finally {
        await database.drop();
      }
    },
  };
}

/** How fast, how many too many of few, and whether the counter beside the stock says what the reservations say. */
function wayText({ hot, rush }: PeerWay): string {
  const last = hot.at(-1)!;
  const fast = Math.round(median(hot.map((run) => run.perSecond)));
  return `${fast}/s; ${rush.asked} at once for ${rush.units}: ${rush.accepted} accepted, ${rush.oversold} oversold; counter ${last.counter} of ${last.rows} reserved`;
}
