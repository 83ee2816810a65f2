import { describe, expect, it } from '@jest/globals';
import { eventTypes } from '@naru/contracts/registry';
import type { StreamedEvent } from '../api/events.js';
import { widthOf } from '../text/width.js';
import { LINES, eventLine } from './event-line.js';

function event(type: string, data: Record<string, unknown>): StreamedEvent {
  return { position: '1', type: `naru.auction.v1.${type}`, subject: 'lot', time: '2022-06-22T20:00:05Z', data };
}

const line = (type: string, data: Record<string, unknown>): string => eventLine(event(type, data), 'Asia/Seoul');
const GOODS = { item: '깐마늘(국산)', variety: '깐마늘(대서)(20kg)', grade: '중품' };
const PRICE = { currency: 'KRW', amount: '160000' };

describe('the line of an event', () => {
  it('says business time, place, what and code', () => {
    expect(line('LotPassed', { marketCode: 'NARU-01', goods: { item: '무', variety: '월동', grade: '상품' }, reason: 'NO_BID', code: 'LOT-20220623-0042' })).toMatch(
      /^05:00:05 {2}NARU-01 {5}passed: 무 월동 상품 \(no bid\) {31}LOT-20220623-0042$/,
    );
  });

  it('fits a terminal, its code in one column, however long the goods are', () => {
    const lines = [
      line('LotSold', { marketCode: 'NARU-01', goods: GOODS, quantity: '68', price: PRICE, hammerAmount: PRICE, code: 'LOT-20220623-0087' }),
      line('LotOpened', { marketCode: 'NARU-01', goods: GOODS, quantity: '68', startPrice: PRICE, code: 'LOT-20220623-0087' }),
      line('BidPlaced', { marketCode: 'NARU-01', sequence: '3', price: PRICE, leadChanged: true, code: 'LOT-20220623-0087' }),
    ];
    for (const own of lines) {
      expect(widthOf(own)).toBeLessThanOrEqual(100);
      expect(widthOf(own.slice(0, own.indexOf('LOT-')))).toBe(82);
    }
    expect(lines[0]).toContain('68 × 160,000 KRW');
  });

  it('is there for every event of the contracts', () => {
    expect([...eventTypes.keys()].filter((type) => !(type.split('.').at(-1)! in LINES))).toEqual([]);
  });

  it('shows an event that it does not know by its name', () => {
    expect(line('LotPainted', {})).toBe('05:00:05              LotPainted                                                  lot');
  });
});
