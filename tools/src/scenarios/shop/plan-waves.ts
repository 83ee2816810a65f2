import type { Instant } from '@naru/kernel/instant';
import type { Action, KeyOf } from '../market-day/actions.js';
import type { SeedIncidents } from './seed.js';

const MINUTE = 60_000;
/** On the hour while orders come in, and in the evening for what was late. */
const WAVES = ['09:00', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00', '17:00', '18:00', '19:00'];

export interface WavesToRelease {
  readonly incidents: SeedIncidents;
  readonly centres: readonly { readonly key: string; readonly door: string }[];
  readonly operator: string;
  readonly shop: string;
  readonly at: (time: string) => Instant;
  readonly key: KeyOf;
}

/** Waves at every centre: released, picked, packed and staged within the half hour. */
export function releaseWaves({ incidents: { hold, short }, centres, operator: by, shop, at, key }: WavesToRelease): readonly Action[] {
  const waves = WAVES.flatMap((time) => centres.flatMap(({ key: centre, door }): readonly Action[] => {
    const wave = `${centre}-${time.replace(':', '')}`;
    const after = (minutes: number): Instant => at(time) + minutes * MINUTE;
    const isShort = short.wave === time && short.centre === centre;
    return [
      { kind: 'release-wave', key: key('wave', wave), at: after(0), by, wave, centre },
      { kind: 'pick-wave', key: key('pick', wave), at: after(10), by, wave, ...(isShort ? { short: { item: short.code, reason: short.reason } } : {}) },
      { kind: 'pack-wave', key: key('pack', wave), at: after(20), by, wave, centre },
      { kind: 'stage-wave', key: key('stage', wave), at: after(30), by, wave, centre, door },
    ];
  }));
  return [...waves, { kind: 'hold-stock', key: key('hold', hold.code), at: at(hold.at), by, centre: hold.centre, owner: shop, item: hold.code, batch: hold.batch, reason: hold.reason }];
}
