import { describe, expect, it } from '@jest/globals';
import type { Decision } from '@naru/kernel/decision';
import fc from 'fast-check';
import { DOSSIER, LISTING, OPEN, OPENED, RULES } from '../test/examples.js';
import { type Lot, type LotEvent, barGoods, closeLot, evolve, listLot, openLot, receiveGoods, withdrawLot } from './lot.js';

const waiting: Lot = { phase: 'waiting', dossier: DOSSIER };
const received: Lot = { phase: 'received', dossier: DOSSIER };
const listed: Lot = { phase: 'listed', dossier: DOSSIER, listing: LISTING };
const led: Lot = { ...OPEN, sequence: 1n, lead: { organizationId: 'seoul', limit: 8_000n, price: 6_000n } };
const sold: Lot = { ...led, phase: 'sold', closedAt: OPENED + 60_000, lead: led.lead! };
const passed: Lot = { ...OPEN, phase: 'passed', closedAt: OPENED + 60_000, reason: 'NO_BID' };
const withdrawn: Lot = { phase: 'withdrawn', dossier: DOSSIER, listing: undefined, reason: 'spoilt' };
const barred: Lot = { phase: 'barred', dossier: DOSSIER };
const every: readonly Lot[] = [waiting, received, listed, OPEN, led, sold, passed, withdrawn, barred];

const after = (lot: Lot, decision: Decision<LotEvent>): Lot => (decision.accepted ? decision.events.reduce(evolve, lot) : lot);
const code = (decision: Decision<LotEvent>): string => (decision.accepted ? 'accepted' : decision.refusal.code);

describe('receiveGoods', () => {
  it('sells what was counted, not what was announced', () => {
    expect(after(waiting, receiveGoods(waiting, { counted: 8n, weighedGrams: 81_000n }))).toEqual({ phase: 'received', dossier: { ...DOSSIER, quantity: 8n, weighedGrams: 81_000n } });
  });

  it('bars a lot of which nothing came', () => {
    expect(after(waiting, receiveGoods(waiting, { counted: 0n, weighedGrams: 0n })).phase).toBe('barred');
  });

  it('changes no lot that waits no more', () => {
    for (const lot of every.filter((some) => some.phase !== 'waiting')) {
      expect(receiveGoods(lot, { counted: 8n, weighedGrams: 1n })).toEqual({ accepted: true, events: [] });
      expect(barGoods(lot)).toEqual({ accepted: true, events: [] });
    }
  });
});

describe('barGoods', () => {
  it('bars a waiting lot', () => {
    expect(after(waiting, barGoods(waiting))).toEqual(barred);
  });
});

describe('listLot', () => {
  it('lists a received lot', () => {
    expect(after(received, listLot(received, LISTING, RULES))).toEqual(listed);
  });

  it('refuses every other phase', () => {
    expect(code(listLot(waiting, LISTING, RULES))).toBe('LOT_NOT_RECEIVED');
    for (const lot of every.filter((some) => some.phase !== 'waiting' && some.phase !== 'received')) expect(code(listLot(lot, LISTING, RULES))).toBe('LOT_NOT_LISTABLE');
  });

  it('refuses a start price outside the bid unit', () => {
    expect(code(listLot(received, { ...LISTING, startPrice: 6_050n }, RULES))).toBe('PRICE_NOT_IN_UNIT');
  });
});

describe('withdrawLot', () => {
  it('takes out a lot before it opens, and no other', () => {
    for (const lot of every) {
      const before = lot.phase === 'waiting' || lot.phase === 'received' || lot.phase === 'listed';
      expect(code(withdrawLot(lot, 'spoilt'))).toBe(before ? 'accepted' : 'LOT_NOT_WITHDRAWABLE');
      if (before) expect(after(lot, withdrawLot(lot, 'spoilt'))).toMatchObject({ phase: 'withdrawn', reason: 'spoilt' });
    }
  });
});

describe('openLot', () => {
  it('opens a listed lot for the time that the market gives', () => {
    expect(after(listed, openLot(listed, RULES, OPENED))).toEqual(OPEN);
  });

  it('opens no other', () => {
    for (const lot of every.filter((some) => some.phase !== 'listed')) expect(code(openLot(lot, RULES, OPENED))).toBe('LOT_NOT_LISTABLE');
  });
});

describe('closeLot', () => {
  const end = OPENED + 60_000;

  it('sells to the leader at the price', () => {
    const decision = closeLot(led, end);
    expect(decision).toEqual({ accepted: true, events: [{ type: 'LotSold', closedAt: end, lead: led.lead, hammerAmount: 60_000n }] });
    expect(after(led, decision)).toEqual(sold);
  });

  it('passes a lot without a bid', () => {
    expect(after(OPEN, closeLot(OPEN, end))).toEqual(passed);
  });

  it('passes a lot whose leader does not reach the reserve', () => {
    const reserved: Lot = { ...led, dossier: { ...DOSSIER, reservePrice: 8_100n } };
    expect(after(reserved, closeLot(reserved, end))).toMatchObject({ phase: 'passed', reason: 'RESERVE_NOT_MET' });
  });

  it('does nothing before the effective close, and nothing twice', () => {
    expect(closeLot(led, end - 1)).toEqual({ accepted: true, events: [] });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: OPENED, max: OPENED + 120_000 })), (instants) => {
        const { hammers } = instants.reduce<{ lot: Lot; hammers: number }>(
          ({ lot, hammers }, now) => {
            const decision = closeLot(lot, now);
            return { lot: after(lot, decision), hammers: hammers + (decision.accepted ? decision.events.length : 0) };
          },
          { lot: led, hammers: 0 },
        );
        expect(hammers).toBe(instants.some((now) => now >= end) ? 1 : 0);
      }),
    );
  });
});
