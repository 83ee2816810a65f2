import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BIDDER, DOSSIER, LISTING, OPENED } from '../test/examples.js';
import type { IncrementBand } from '../market/increments.js';
import type { MarketRules } from '../market/market.js';
import { exposureChanges, minimumBid, placeBid } from './bidding.js';
import { type BidPlaced, type Lot, type OpenLot, closeLot, evolve } from './lot.js';

interface Accepted {
  readonly sequence: bigint;
  readonly organizationId: string;
  readonly limit: bigint;
}

interface Terms {
  readonly startPrice: bigint;
  readonly reservePrice: bigint | undefined;
  readonly increments: readonly IncrementBand[];
}

/**
 * The oracle: winner and price of the whole log, looked at from its end, in O(n²). It knows the rule of the form and
 * shares no code with the core: no running leader, no running price.
 */
function judge(log: readonly Accepted[], { startPrice, reservePrice, increments }: Terms): { winner: string; price: bigint } | undefined {
  const ranked = (bids: readonly Accepted[]): readonly Accepted[] => {
    const best = bids.filter((b) => bids.every((o) => o.organizationId !== b.organizationId || o.limit < b.limit || (o.limit === b.limit && o.sequence >= b.sequence)));
    return best.toSorted((a, b) => (a.limit === b.limit ? Number(a.sequence - b.sequence) : a.limit > b.limit ? -1 : 1));
  };
  const winner = ranked(log)[0];
  if (!winner) return undefined;
  // Raises by whoever led already form no price: cut them from the end.
  let end = log.length;
  while (end > 1 && ranked(log.slice(0, end - 1))[0]!.organizationId === log[end - 1]!.organizationId) end--;
  const [first, second] = ranked(log.slice(0, end));
  let price = startPrice;
  if (second) {
    const step = increments.findLast((band) => band.fromAmount <= second.limit)!.increment;
    const topped = second.limit + step;
    price = [topped, first!.limit].reduce((a, b) => (a < b ? a : b));
    if (price < startPrice) price = startPrice;
  }
  if (reservePrice !== undefined && winner.limit >= reservePrice && price < reservePrice) price = reservePrice;
  return { winner: winner.organizationId, price };
}

const ORGANIZATIONS = ['a', 'b', 'c', 'd', 'e', 'farm', 'cousin'] as const;

const terms = fc.record({
  startUnits: fc.bigInt({ min: 1n, max: 40n }),
  reserveUnits: fc.option(fc.bigInt({ min: 1n, max: 80n }), { nil: undefined }),
  steps: fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 30n }), fc.bigInt({ min: 0n, max: 4n })), { minLength: 1, maxLength: 5 }),
  unit: fc.constantFrom(1n, 5n, 100n),
  window: fc.constantFrom(0, 5_000, 20_000),
});

const attempt = fc.record({
  organizationId: fc.constantFrom(...ORGANIZATIONS),
  units: fc.bigInt({ min: 1n, max: 120n }),
  /** Some aim just above the minimum: the tight cases. */
  tight: fc.option(fc.bigInt({ min: -1n, max: 2n }), { nil: undefined }),
  wait: fc.integer({ min: 0, max: 9_000 }),
});

const sessions = fc.record({ terms, attempts: fc.array(attempt, { minLength: 0, maxLength: 40 }), deposit: fc.bigInt({ min: 0n, max: 400_000n }) });

interface Played {
  readonly lot: Lot;
  readonly accepted: readonly BidPlaced[];
  readonly states: readonly OpenLot[];
  readonly rules: MarketRules;
  readonly terms: Terms;
  readonly exposure: ReadonlyMap<string, bigint>;
  readonly deposit: bigint;
}

function play(session: typeof sessions extends fc.Arbitrary<infer T> ? T : never): Played {
  const { unit, steps } = session.terms;
  let from = 0n;
  let increment = unit;
  const increments = steps.map(([width, rise], i) => {
    if (i > 0) from += width * unit;
    increment += rise * unit;
    return { fromAmount: from, increment };
  });
  const rules: MarketRules = { currency: 'KRW', bidUnit: unit, increments, lotOpenMs: 60_000, softCloseWindowMs: session.terms.window, softCloseExtensionMs: 15_000, hardEndMs: 120_000, commissionCaps: [], source: 'illustrative' };
  const startPrice = session.terms.startUnits * unit;
  const reservePrice = session.terms.reserveUnits === undefined ? undefined : session.terms.reserveUnits * unit;
  let lot: Lot = { phase: 'open', dossier: { ...DOSSIER, reservePrice }, listing: { ...LISTING, startPrice }, openedAt: OPENED, closesAt: OPENED + 60_000, sequence: 0n, lead: undefined };
  const exposure = new Map<string, bigint>();
  const accepted: BidPlaced[] = [];
  const states: OpenLot[] = [lot];
  let now = OPENED;
  const change = (before: Lot, event: BidPlaced | Parameters<typeof exposureChanges>[1]): void => {
    for (const { organizationId, by } of exposureChanges(before, event)) exposure.set(organizationId, (exposure.get(organizationId) ?? 0n) + by);
  };
  for (const { organizationId, units, tight, wait } of session.attempts) {
    now += wait;
    const amount: bigint = tight === undefined ? units * unit : minimumBid(lot as OpenLot, rules, organizationId) + tight * unit;
    const bidder = { ...BIDDER, deposit: session.deposit, credit: 0n, exposure: exposure.get(organizationId) ?? 0n, affiliated: organizationId === 'cousin' };
    const decision = placeBid(lot, { organizationId, limit: { currency: 'KRW', amount }, stampedAt: now }, bidder, rules);
    if (!decision.accepted) continue;
    const event = decision.events[0]!;
    change(lot, event);
    accepted.push(event);
    lot = evolve(lot, event);
    states.push(lot as OpenLot);
    expect([...exposure.values()].every((sum) => sum >= 0n && sum <= session.deposit)).toBe(true); // A7, at every sequence
  }
  const hammer = closeLot(lot, Math.max(now, (lot as OpenLot).closesAt));
  for (const event of hammer.accepted ? hammer.events : []) {
    change(lot, event);
    lot = evolve(lot, event);
  }
  return { lot, accepted, states, rules, terms: { startPrice, reservePrice, increments }, exposure, deposit: session.deposit };
}

const check = (name: string, property: (played: Played) => void, numRuns = 3_000): void =>
  it(name, () => fc.assert(fc.property(sessions, (session) => property(play(session))), { numRuns }));

describe('random sessions', () => {
  check('A3: winner and price are what the oracle says, after every bid', ({ states, accepted, terms }) => {
    states.forEach((state, n) => {
      const verdict = judge(accepted.slice(0, n), terms);
      expect(state.lead && { winner: state.lead.organizationId, price: state.lead.price }).toEqual(verdict);
    });
  });

  check('A2: sequences are dense from 1', ({ accepted }) => {
    expect(accepted.map((bid) => bid.sequence)).toEqual(accepted.map((_, i) => BigInt(i + 1)));
  });

  check('A4: the price never falls, never passes the first limit nor one increment over the second, and no leader bids against itself', ({ states, accepted, terms }) => {
    accepted.forEach((bid, i) => {
      const [before, after] = [states[i]!, states[i + 1]!];
      const price = after.lead!.price;
      expect(price).toBeGreaterThanOrEqual(before.lead?.price ?? terms.startPrice);
      expect(price).toBeLessThanOrEqual(after.lead!.limit);
      const others = accepted.slice(0, i + 1).filter((some) => some.organizationId !== after.lead!.organizationId);
      const second = others.reduce((top, some) => (some.limit > top ? some.limit : top), 0n);
      const floor = terms.reservePrice !== undefined && after.lead!.limit >= terms.reservePrice && terms.reservePrice > terms.startPrice ? terms.reservePrice : terms.startPrice;
      const topped = second + terms.increments.findLast((band) => band.fromAmount <= second)!.increment;
      expect(price).toBeLessThanOrEqual(topped > floor ? topped : floor);
      if (before.lead?.organizationId === bid.organizationId) expect([before.lead.price, terms.reservePrice]).toContain(price);
    });
  });

  check('A5: accepted before the effective close, which only a change of lead moves, and never past the hard end', ({ states, accepted }) => {
    accepted.forEach((bid, i) => {
      const [before, after] = [states[i]!, states[i + 1]!];
      expect(bid.stampedAt).toBeLessThan(before.closesAt);
      expect(after.closesAt).toBeGreaterThanOrEqual(before.closesAt);
      expect(after.closesAt).toBeLessThanOrEqual(OPENED + 120_000);
      if (after.lead!.organizationId === before.lead?.organizationId) expect(after.closesAt).toBe(before.closesAt);
    });
  });

  check('A7: at the hammer only what was won stays exposed', ({ lot, exposure }) => {
    const left = [...exposure].filter(([, sum]) => sum !== 0n);
    expect(left).toEqual(lot.phase === 'sold' ? [[lot.lead.organizationId, lot.lead.price * lot.dossier.quantity]] : []);
  });

  check('A8: neither the consignor nor its affiliates ever stand in the journal', ({ accepted }) => {
    expect(accepted.filter((bid) => bid.organizationId === 'farm' || bid.organizationId === 'cousin')).toEqual([]);
  });

  check('A14: no sale below the reserve, and none withheld above it', ({ lot, terms, accepted }) => {
    const top = accepted.reduce((max, bid) => (bid.limit > max ? bid.limit : max), 0n);
    const reserve = terms.reservePrice ?? 0n;
    if (lot.phase === 'sold') expect(lot.lead.price).toBeGreaterThanOrEqual(reserve);
    expect(lot.phase).toBe(accepted.length > 0 && top >= reserve ? 'sold' : 'passed');
  });
});
