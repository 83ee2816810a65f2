import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@naru/platform/database';
import type { Queries } from '../queries.js';
import { sellingRules } from '../verify.js';
import { BUSAN, DAEGU, FARM, SEOUL, START, Stage, krw } from './stage.js';

interface Found {
  readonly checked: bigint;
  readonly violations: bigint;
}

describe('verify', () => {
  let stage: Stage;
  let reader: Database;
  beforeAll(async () => {
    stage = await Stage.set();
    const { marketId } = await stage.market();
    await stage.admit(marketId, [SEOUL, BUSAN, DAEGU]);
    const [seoul, busan, daegu] = [await stage.as('bidder', SEOUL), await stage.as('bidder', BUSAN), await stage.as('bidder', DAEGU)];
    const { lotIds } = await stage.openSession(marketId, [{}, { reservePriceAmount: 9_000n }, { reservePriceAmount: 9_000n }, {}, {}]);
    const bid = (bidder: typeof seoul, lot: number, amount: number) => bidder.lots.placeBid({ lotId: lotIds[lot]!, limit: krw(amount) });
    await bid(seoul, 0, 12_000);
    await bid(busan, 0, 12_300); // held down by its own limit, and then raised
    await bid(busan, 0, 20_000);
    await stage.clock.advanceTo(START + 55_000);
    await bid(daegu, 0, 20_000); // the earlier of equal limits wins
    await stage.clock.advanceTo(stage.clock.nextDue()!);
    await bid(seoul, 1, 8_000);
    await bid(seoul, 1, 9_500);
    await stage.clock.advanceTo(stage.clock.nextDue()!);
    await bid(seoul, 2, 8_900);
    await stage.clock.advanceTo(stage.clock.nextDue()! - 1_000);
    await bid(daegu, 2, 8_950 + 50);
    await stage.clock.advanceTo(stage.clock.nextDue()!);
    await stage.clock.advanceTo(stage.clock.nextDue()!); // passes without a bid
    await bid(busan, 4, 7_000);
    reader = await Database.connect({ url: stage.database.readerUrl, schema: 'public', poolSize: 1 });
  });
  afterAll(async () => {
    await reader.close();
    await stage.strike();
  });

  async function violations(by: Queries = reader): Promise<string[]> {
    const broken: string[] = [];
    for (const { rule, check } of sellingRules) {
      const [found] = await by.query<Found>(check as string);
      expect([rule, found!.checked > 0n]).toEqual([rule, true]);
      if (found!.violations > 0n) broken.push(rule);
    }
    return broken;
  }

  it('finds rows for each rule and nothing wrong with them, as a role that may only read', async () => {
    expect(await violations()).toEqual([]);
  });

  // What was done to the journal by hand, as a superuser, and the rules that must see it.
  const BREAKS: readonly (readonly [string, string, readonly string[]])[] = [
    ['a bid below its minimum', `update auction.bids set limit_amount = 6000 where sequence = 2 and limit_amount = 12300`, ['A1']],
    ['a journal that may be changed', 'grant update on auction.bids to auction_app', ['A1']],
    ['a bid that is gone', 'delete from auction.bids where sequence = 3', ['A2', 'A3']],
    ['another winner', `update auction.hammers set buyer_organization_id = '${DAEGU}' where price = 20000`, ['A3', 'A7']],
    ['another price', 'update auction.hammers set price = 12500, amount = 125000 where price = 20000', ['A3', 'A7']],
    ['a lot passed though its leader reached the reserve', `update auction.hammers set reason = 'RESERVE_NOT_MET', buyer_organization_id = null, price = null, amount = null where price = 20000`, ['A3', 'A7']],
    ['a leader that bids against itself', 'update auction.bids set price = 12500 where sequence = 3', ['A4']],
    ['a price far over the second limit', 'update auction.bids set price = 11000 where sequence = 1 and limit_amount = 12000', ['A4']],
    ['a bid after the close', `update auction.bids set stamped_at = closes_at + interval '1 second' where sequence = 4`, ['A5']],
    ['an extension by a bid that did not lead', `update auction.bids set closes_at = closes_at + interval '20 seconds' where sequence = 4`, ['A5']],
    ['a lot closed without a hammer', 'delete from auction.hammers where price = 20000', ['A5', 'A7']],
    ['exposure that nothing explains', `update auction.bidders set exposure = exposure + 1 where organization_id = '${SEOUL}'`, ['A7']],
    ['a consignor in the journal', `update auction.bids set organization_id = '${FARM}' where sequence = 1 and limit_amount = 7000`, ['A8']],
    ['a bid under an admission that was suspended', `update auction.admissions set suspended = true where organization_id = '${BUSAN}'`, ['A8']],
    ['a sale below the reserve', 'update auction.consignments set reserve_price = 30000 where reserve_price is null', ['A14']],
    ['goods that changed after the opening', `update auction.consignments set grade = '특'`, ['A15']],
  ];

  it.each(BREAKS)('sees %s', async (_, statement, expected) => {
    const superuser = await Database.connect({ url: stage.database.adminUrl, schema: 'public', poolSize: 1 });
    const undo = new Error('undo');
    let broken: string[] = [];
    const attempt = superuser.transaction(async (tx) => {
      await tx.query(statement);
      broken = await violations(tx);
      throw undo;
    });
    await expect(attempt).rejects.toBe(undo);
    await superuser.close();
    expect(broken).toEqual(expect.arrayContaining([...expected]));
  });
});
