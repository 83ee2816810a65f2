import { describe, expect, it } from '@jest/globals';
import { businessDayOf, instantOf, isTimeZone, timeOfDay } from './instant.js';

describe('business days', () => {
  it('begin at midnight of the market', () => {
    const beforeMidnight = Date.parse('2022-06-22T14:59:59Z');
    expect(businessDayOf(beforeMidnight, 'Asia/Seoul')).toBe('2022-06-22');
    expect(businessDayOf(beforeMidnight + 1000, 'Asia/Seoul')).toBe('2022-06-23');
  });
  it('turn wall-clock times into instants and back', () => {
    const at = instantOf('2022-06-23', '05:30', 'Asia/Seoul');
    expect(new Date(at).toISOString()).toBe('2022-06-22T20:30:00.000Z');
    expect(timeOfDay(at, 'Asia/Seoul')).toBe('05:30:00');
  });
  it('knows zones from names that are none', () => {
    expect(isTimeZone('Asia/Kolkata')).toBe(true);
    expect(isTimeZone('Asia/Garak')).toBe(false);
    expect(isTimeZone('+09:00')).toBe(false);
  });
});
