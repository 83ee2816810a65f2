import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTooWarm, type TemperatureClass, temperatureTableAt, type TemperatureTable, TEMPERATURE_TABLES, zoneFit } from './temperature.js';

const table = temperatureTableAt(Date.UTC(2022, 5, 23));
const classes: readonly TemperatureClass[] = ['ambient', 'cool', 'chilled', 'frozen'];

describe('temperature bands', () => {
  it('calls goods too warm above the band of their class, not at its edge', () => {
    expect(isTooWarm(table, 'chilled', 100)).toBe(false);
    expect(isTooWarm(table, 'chilled', 101)).toBe(true);
    expect(isTooWarm(table, 'frozen', -180)).toBe(false);
    expect(isTooWarm(table, 'frozen', -179)).toBe(true);
    expect(isTooWarm(table, 'ambient', 1000)).toBe(false);
  });

  it('lets every class lie in its own zone, as the best one', () => {
    for (const version of TEMPERATURE_TABLES) for (const goods of classes) expect(zoneFit(version, goods, goods)).toEqual({ fits: true, rank: 0 });
  });

  it('says which way a zone is wrong (rule W4)', () => {
    expect(zoneFit(table, 'chilled', 'ambient')).toEqual({ fits: false, why: 'too_warm' });
    expect(zoneFit(table, 'chilled', 'frozen')).toEqual({ fits: false, why: 'too_cold' });
    expect(zoneFit(table, 'ambient', 'cool')).toEqual({ fits: true, rank: 1 });
    expect(zoneFit(table, 'ambient', 'chilled')).toEqual({ fits: false, why: 'too_cold' });
  });

  it('never lets goods lie where the zone is warmer than their class', () => {
    const warmth = ['frozen', 'chilled', 'cool', 'ambient'];
    fc.assert(
      fc.property(fc.constantFrom(...TEMPERATURE_TABLES), fc.constantFrom(...classes), fc.constantFrom(...classes), (version, goods, zone) => {
        if (zoneFit(version, goods, zone).fits) expect(warmth.indexOf(zone)).toBeLessThanOrEqual(warmth.indexOf(goods));
      }),
    );
  });

  it('judges by the version in force at the time', () => {
    const stricter: TemperatureTable = {
      ...table,
      version: 'stricter',
      validFrom: 1000,
      bands: { ...table.bands, chilled: { highestTenths: 50, zones: ['chilled'] } },
    };
    expect(temperatureTableAt(999, [table, stricter]).version).toBe(table.version);
    expect(temperatureTableAt(1000, [table, stricter]).version).toBe('stricter');
    expect(() => temperatureTableAt(-1, [table])).toThrow(RangeError);
  });
});
