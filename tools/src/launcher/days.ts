import type { Parsed } from '../importers/row.js';
import { readBigDay } from '../scenarios/big-day/files.js';
import { bigDay } from '../scenarios/big-day/plan.js';
import type { ExpectedLot, Plan } from '../scenarios/market-day/actions.js';
import { readWholeDay } from '../scenarios/shop/live-day.js';
import { outcomeLines } from './import-lines.js';

/** A day as its files give it. */
export interface ReadDay {
  readonly plan: Plan;
  /** What the importers made of the published files. */
  readonly parsed: readonly Parsed<unknown>[];
  /** What becomes of the rows of a shop's file, a line each. */
  readonly outcomes: readonly string[];
  /** Row of the closing table that a lot belongs to. */
  readonly groupOf: (lot: ExpectedLot) => string;
}

/** A day that the launcher can play. */
export interface PlayableDay {
  readonly name: DayName;
  /** Its database; the demo never shares one with a system that holds real data. */
  readonly database: string;
  readonly title: string;
  /** Head of the first column of the closing table. */
  readonly groups: string;
  /** A line per event suits one market; a thousand of them are told by how far they are. */
  readonly lines: 'events' | 'progress';
  /** Reads the files; the same each time. */
  readonly read: () => ReadDay;
}

const live: PlayableDay = {
  name: 'live',
  database: 'market_day',
  title: 'the wholesale day of 2022-06-23 (prices of KAMIS, aT; orders of UCI Online Retail; the rest is invented)',
  groups: 'category',
  lines: 'events',
  read: () => {
    const { plan, market, shop } = readWholeDay();
    return { plan, parsed: [market.parsed, shop.orders], outcomes: outcomeLines(shop.orders.rows), groupOf: ({ goods }) => goods.category.replace('CATEGORY_', '').toLowerCase().replaceAll('_', ' ') };
  },
};

function big(lots: number | undefined): PlayableDay {
  return {
    name: 'big',
    database: lots === undefined ? 'big_day' : `big_day_${lots}`,
    title: '2025-09-23 in the regulated markets of India (prices of AGMARKNET; the rest is invented)',
    groups: 'state',
    lines: 'progress',
    read: () => {
      const day = readBigDay();
      const plan = bigDay(day, lots);
      const states = new Map(plan.markets.map(({ key, state }) => [key, state]));
      return { plan, parsed: [day.parsed], outcomes: [], groupOf: ({ market }) => states.get(market)! };
    },
  };
}

export const DAY_NAMES = ['live', 'big'] as const;
export type DayName = (typeof DAY_NAMES)[number];

/** The day of a name; of the big one, with `lots`, only so many of the accepted rows, every odd one among them. */
export function dayOf(name: DayName, lots?: number): PlayableDay {
  switch (name) {
    case 'live':
      return live;
    case 'big':
      return big(lots);
  }
}
