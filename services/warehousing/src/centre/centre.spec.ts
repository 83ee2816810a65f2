import { describe, expect, it } from '@jest/globals';
import { type CentrePlan, createCentre, type PlannedLocation } from './centre.js';

function bin(code: string): PlannedLocation {
  return { code, kind: 'bin', capacityGrams: 1_000_000n };
}

const plan: CentrePlan = {
  code: 'GN-01',
  name: 'Gangnam',
  timeZone: 'Asia/Seoul',
  capabilities: ['agricultural', 'cold'],
  zones: [
    { code: 'C1', temperatureClass: 'chilled', locations: [bin('C1-01-1'), bin('C1-01-2')] },
    { code: 'A1', temperatureClass: 'ambient', locations: [bin('A1-01-1')] },
  ],
};

describe('createCentre', () => {
  it('opens a centre as planned', () => {
    expect(createCentre(plan)).toEqual({ accepted: true, events: [{ type: 'CentreOpened', plan }] });
  });

  it('refuses a time zone that does not exist', () => {
    expect(createCentre({ ...plan, timeZone: 'Asia/Atlantis' })).toMatchObject({
      refusal: { code: 'TIME_ZONE_UNKNOWN', details: { timeZone: 'Asia/Atlantis' } },
    });
  });

  it('refuses a zone code that stands twice, and a location code that stands twice in different zones', () => {
    expect(createCentre({ ...plan, zones: [...plan.zones, { ...plan.zones[0]!, locations: [bin('X')] }] })).toMatchObject({
      refusal: { code: 'CODE_REPEATED', details: { code: 'C1' } },
    });
    expect(createCentre({ ...plan, zones: [plan.zones[0]!, { ...plan.zones[1]!, locations: [bin('C1-01-2')] }] })).toMatchObject({
      refusal: { code: 'CODE_REPEATED', details: { code: 'C1-01-2' } },
    });
  });
});
