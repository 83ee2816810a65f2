import { describe, expect, it } from '@jest/globals';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { BIDDER, DOSSIER, OPEN, OPENED, RULES } from '../test/examples.js';
import { type Bidder, exposureChanges, minimumBid, placeBid } from './bidding.js';
import { type BidPlaced, type Lot, type OpenLot, closeLot, evolve } from './lot.js';

const bid = (organizationId: string, amount: bigint, stampedAt = OPENED + 1_000) => ({ organizationId, limit: { currency: 'KRW', amount }, stampedAt });

function code(lot: Lot, organizationId: string, amount: bigint, stampedAt = OPENED + 1_000, bidder: Bidder | undefined = BIDDER): string {
  const decision = placeBid(lot, bid(organizationId, amount, stampedAt), bidder, RULES);
  return decision.accepted ? 'accepted' : decision.refusal.code;
}

function placed(lot: OpenLot, organizationId: string, amount: bigint, stampedAt = OPENED + 1_000): BidPlaced {
  const decision = placeBid(lot, bid(organizationId, amount, stampedAt), BIDDER, RULES);
  if (!decision.accepted) throw new Error(decision.refusal.code);
  return decision.events[0]!;
}

function play(lot: OpenLot, ...bids: readonly (readonly [string, bigint, number?])[]): OpenLot {
  return bids.reduce<OpenLot>((open, [organizationId, amount, stampedAt]) => evolve(open, placed(open, organizationId, amount, stampedAt)) as OpenLot, lot);
}

const reserved: OpenLot = { ...OPEN, dossier: { ...DOSSIER, reservePrice: 8_000n } };

describe('the price', () => {
  it('is the start price after a first bid', () => {
    expect(play(OPEN, ['a', 9_000n]).lead).toEqual({ organizationId: 'a', limit: 9_000n, price: 6_000n });
  });

  it('is one increment over the second limit', () => {
    expect(play(OPEN, ['a', 9_000n], ['b', 7_000n]).lead).toEqual({ organizationId: 'a', limit: 9_000n, price: 7_100n });
    expect(play(OPEN, ['a', 7_000n], ['b', 9_000n]).lead).toEqual({ organizationId: 'b', limit: 9_000n, price: 7_100n });
  });

  it('takes the increment of the band that the second limit is in', () => {
    expect(play(OPEN, ['a', 30_000n], ['b', 12_000n]).lead?.price).toBe(12_500n);
  });

  it('is never above the first limit', () => {
    expect(play(OPEN, ['a', 12_000n], ['b', 12_300n]).lead).toEqual({ organizationId: 'b', limit: 12_300n, price: 12_300n });
  });

  it('is the limit when two are equal, and the earlier leads', () => {
    expect(play(OPEN, ['a', 9_000n], ['b', 9_000n]).lead).toEqual({ organizationId: 'a', limit: 9_000n, price: 9_000n });
  });

  it('stays when the leader raises its own limit, even where the old limit had held it down', () => {
    expect(play(OPEN, ['a', 12_000n], ['b', 12_300n], ['b', 20_000n]).lead).toEqual({ organizationId: 'b', limit: 20_000n, price: 12_300n });
  });

  it('is the reserve once the first limit reaches it', () => {
    expect(play(reserved, ['a', 7_000n]).lead?.price).toBe(6_000n);
    expect(play(reserved, ['a', 9_000n]).lead?.price).toBe(8_000n);
    expect(play(reserved, ['a', 7_000n], ['a', 8_000n]).lead?.price).toBe(8_000n);
    expect(play(reserved, ['a', 9_000n], ['b', 8_500n]).lead?.price).toBe(8_600n);
  });
});

describe('the minimum', () => {
  it('is the start price, then the price and its increment, and for the leader more than its own limit', () => {
    expect(minimumBid(OPEN, RULES, 'a')).toBe(6_000n);
    const lot = play(OPEN, ['a', 12_000n], ['b', 11_000n]);
    expect(minimumBid(lot, RULES, 'b')).toBe(12_000n);
    expect(minimumBid(lot, RULES, 'a')).toBe(12_100n);
  });

  it('refuses what is below it, between units, or in another currency', () => {
    expect(code(OPEN, 'a', 5_900n)).toBe('BID_TOO_LOW');
    expect(code(OPEN, 'a', 6_050n)).toBe('BID_NOT_IN_UNIT');
    expect(code(play(OPEN, ['a', 9_000n]), 'a', 9_000n)).toBe('BID_TOO_LOW');
    const decision = placeBid(OPEN, { organizationId: 'a', limit: { currency: 'INR', amount: 6_000n }, stampedAt: OPENED }, BIDDER, RULES);
    expect(decision).toMatchObject({ accepted: false, refusal: { code: 'BID_CURRENCY', details: { currency: 'KRW' } } });
  });
});

describe('the close', () => {
  it('decides by the stamp alone', () => {
    expect(code(OPEN, 'a', 6_000n, OPENED - 1)).toBe('LOT_NOT_OPEN');
    expect(code(OPEN, 'a', 6_000n, OPENED)).toBe('accepted');
    expect(code(OPEN, 'a', 6_000n, OPENED + 59_999)).toBe('accepted');
    expect(code(OPEN, 'a', 6_000n, OPENED + 60_000)).toBe('BID_TOO_LATE');
  });

  it('is extended by a bid that takes the lead within the window, and never past the hard end', () => {
    expect(placed(OPEN, 'a', 6_000n, OPENED + 49_999).closesAt).toBe(OPENED + 60_000);
    expect(placed(OPEN, 'a', 6_000n, OPENED + 50_000).closesAt).toBe(OPENED + 70_000);
    const late = play(OPEN, ['a', 7_000n, OPENED + 59_000], ['b', 8_000n, OPENED + 78_000]);
    expect(late.closesAt).toBe(OPENED + 90_000);
    expect(play(late, ['a', 9_000n, OPENED + 89_999]).closesAt).toBe(OPENED + 90_000);
  });

  it('is not extended by a bid that is outbid at once, nor by the leader', () => {
    const lot = play(OPEN, ['a', 9_000n]);
    expect(placed(lot, 'b', 7_000n, OPENED + 59_000)).toMatchObject({ leading: false, leadChanged: false, closesAt: OPENED + 60_000 });
    expect(placed(lot, 'a', 9_500n, OPENED + 59_000)).toMatchObject({ leading: true, leadChanged: false, closesAt: OPENED + 60_000 });
  });

  it('leaves phases that take no bids alone', () => {
    expect(code({ phase: 'listed', dossier: DOSSIER, listing: OPEN.listing }, 'a', 6_000n)).toBe('LOT_NOT_OPEN');
    const decision = closeLot(OPEN, OPENED + 60_000);
    expect(decision.accepted && code(decision.events.reduce<Lot>(evolve, OPEN), 'a', 6_000n)).toBe('BID_TOO_LATE');
  });
});

describe('who may lead', () => {
  const by = (changes: Partial<Bidder>, organizationId = 'a'): string => code(OPEN, organizationId, 6_000n, OPENED + 1_000, { ...BIDDER, ...changes });

  it('is admitted, licensed for the category and the day, and neither suspended nor overdue', () => {
    expect(placeBid(OPEN, bid('a', 6_000n), undefined, RULES)).toMatchObject({ accepted: false, refusal: { code: 'BIDDER_NOT_ADMITTED' } });
    expect(by({ suspended: true })).toBe('BIDDER_SUSPENDED');
    expect(by({ overdueInvoices: 1 })).toBe('BIDDER_OVERDUE');
    expect(by({ categories: [Category.FISH] })).toBe('BIDDER_NOT_LICENSED');
    expect(by({ licensedUntil: OPENED + 1_000 })).toBe('BIDDER_NOT_LICENSED');
    expect(by({ licensedUntil: OPENED + 1_001 })).toBe('accepted');
  });

  it('is neither the consignor nor an affiliate of it', () => {
    expect(by({}, 'farm')).toBe('BIDDER_IS_CONSIGNOR');
    expect(by({ affiliated: true })).toBe('BIDDER_IS_CONSIGNOR');
  });
});

describe('exposure', () => {
  const with_ = (exposure: bigint): Bidder => ({ ...BIDDER, exposure });

  it('of the bid at its limit must fit beside all other lots', () => {
    expect(code(OPEN, 'a', 6_000n, OPENED, with_(9_940_000n))).toBe('accepted');
    expect(code(OPEN, 'a', 6_000n, OPENED, with_(9_940_001n))).toBe('EXPOSURE_EXCEEDED');
  });

  it('of the leader is not counted twice when it raises', () => {
    const lot = play(OPEN, ['a', 500_000n]);
    expect(code(lot, 'a', 1_000_000n, OPENED, with_(5_000_000n))).toBe('accepted');
    expect(code(lot, 'a', 1_000_100n, OPENED, with_(5_000_000n))).toBe('EXPOSURE_EXCEEDED');
  });

  it('is held with the lead, released when outbid, and becomes the price at the hammer', () => {
    const led = play(OPEN, ['a', 9_000n]);
    expect(exposureChanges(OPEN, placed(OPEN, 'a', 9_000n))).toEqual([{ organizationId: 'a', by: 90_000n }]);
    expect(exposureChanges(led, placed(led, 'b', 7_000n))).toEqual([]);
    expect(exposureChanges(led, placed(led, 'b', 9_500n))).toEqual([
      { organizationId: 'a', by: -90_000n },
      { organizationId: 'b', by: 95_000n },
    ]);
    const decision = closeLot(led, OPENED + 60_000);
    expect(decision.accepted && exposureChanges(led, decision.events[0]!)).toEqual([
      { organizationId: 'a', by: -90_000n },
      { organizationId: 'a', by: 60_000n },
    ]);
  });
});
