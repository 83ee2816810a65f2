import type { BusinessDay } from '@naru/kernel/instant';
import { readLiveDay } from '../scenarios/market-day/files.js';
import { planDay } from '../scenarios/market-day/plan.js';
import type { Plan } from '../scenarios/market-day/actions.js';

/** A day that the launcher can play. */
export interface PlayableDay {
  readonly name: string;
  /** Its database; the demo never shares one with a system that holds real data. */
  readonly database: string;
  readonly title: string;
  readonly plan: () => Plan;
  /** Lots of one market fit on the screen as a table by item; a thousand markets do not. */
  readonly table: 'items' | 'total';
}

export const DAYS: Readonly<Record<string, PlayableDay>> = {
  live: {
    name: 'live',
    database: 'market_day',
    title: 'the wholesale day of 2022-06-23: prices KAMIS (aT); farms, bidders and quantities invented',
    plan: () => {
      const day = readLiveDay();
      return planDay(day.parsed, day.seed, day);
    },
    table: 'items',
  },
};

export interface DayResult {
  readonly day: BusinessDay;
  readonly sold: number;
  readonly lots: number;
  readonly matching: number;
}
