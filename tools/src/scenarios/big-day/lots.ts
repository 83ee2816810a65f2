import type { Instant } from '@naru/kernel/instant';
import type { BidAction, ConsignmentRow, ExpectedLot, KeyOf } from '../market-day/actions.js';
import type { MarketRules } from '../market-day/market.js';
import type { BigRow } from './rows.js';

export function consignmentRow({ key, market, goods, quantity, row }: BigRow): ConsignmentRow {
  return { consignment: key, market: market.key, goods, quantity: BigInt(quantity), reservePriceAmount: 0n, source: row.source };
}

/** The winner's and the runner-up's bid; of equal limits the winner's comes first. */
export function bidsOf({ key: consignment, market, limits, winner, runnerUp, winnerFirst, instants }: BigRow, key: KeyOf): readonly BidAction[] {
  const bids = [{ by: winner, limitAmount: limits.winner }, { by: runnerUp, limitAmount: limits.runnerUp }];
  return (winnerFirst ? bids : bids.toReversed()).map(({ by, limitAmount }, i) => ({
    kind: 'place-bid', key: key('bid', consignment, String(i + 1)), by, consignment, market: market.key, afterOpeningMs: instants[i]!, limitAmount,
  }));
}

/** How the lot must come out; opened at `position` of a session in which each lot takes its plain time. */
export function expectedLot(planned: BigRow, position: number, startsAt: Instant, { lotOpenMs }: MarketRules): ExpectedLot {
  const { key, row, market, goods, quantity, start, limits, winner } = planned;
  return {
    consignment: key, source: row.source, market: market.key, session: market.key, position, goods, announced: BigInt(quantity), quantity: BigInt(quantity),
    finding: 'as expected', startPrice: start, outcome: { kind: 'sold', price: row.value.modal, winner, limits }, opensAt: startsAt + (position - 1) * Number(lotOpenMs),
  };
}
