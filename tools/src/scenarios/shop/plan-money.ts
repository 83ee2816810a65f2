import type { Instant } from '@naru/kernel/instant';
import type { Action, KeyOf } from '../market-day/actions.js';
import type { SeedMoney } from './seed.js';

export interface MoneyToMove {
  readonly money: SeedMoney;
  readonly buyers: readonly string[];
  /** What each consignor has brought, by the plan's keys. */
  readonly consignmentsOf: (consignor: string) => readonly string[];
  readonly corporation: string;
  readonly market: string;
  readonly day: string;
  readonly at: (time: string) => Instant;
  readonly key: KeyOf;
}

const ALL = 100;
const SECOND = 1_000;

/** The buyers pay, one in two parts, one late, one never; the consignors are paid out, one of them twice because the bank sends it back; the books are closed. */
export function moveMoney({ money, buyers, consignmentsOf, corporation: by, market, day, at, key }: MoneyToMove): readonly Action[] {
  const { advance, inTwoParts, late, never, bounces } = money;
  const pay = (buyer: string, time: Instant, perCent: number, part: string): Action => ({
    kind: 'pay-invoices', key: key('pay', buyer, part), at: time, by, market, buyer, perCent, reference: `BANK-${day.replaceAll('-', '')}-${buyer}-${part}`,
  });
  const paying = buyers.filter((buyer) => buyer !== never.buyer).flatMap((buyer, i): readonly Action[] => {
    const first = at(money.paysAt) + i * SECOND;
    if (buyer === inTwoParts.buyer) return [pay(buyer, first, inTwoParts.firstPerCent, '1'), pay(buyer, at(inTwoParts.restAt), ALL, '2')];
    return [pay(buyer, buyer === late.buyer ? at(late.at) : first, ALL, '1')];
  });
  const { consignor, amount, reference } = advance;
  return [
    { kind: 'record-advance', key: key('advance', consignor), at: at(advance.at), by, market, consignments: consignmentsOf(consignor), amount: BigInt(amount), reference },
    ...paying,
    { kind: 'send-payouts', key: key('payouts'), at: at(money.paysOutAt), by, market, day },
    { kind: 'bounce-payout', key: key('bounce', bounces.consignor), at: at(bounces.at), by, market, consignor: bounces.consignor, reason: 'no such account at the bank' },
    { kind: 'resend-payout', key: key('again', bounces.consignor), at: at(bounces.againAt), by, market, consignor: bounces.consignor },
    { kind: 'close-market-day', key: key('close'), at: at(money.closesAt), by, market, day },
  ];
}
