import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BidPlaced, LotOpened, LotPassed, LotSold } from '@naru/contracts/gen/naru/auction/v1/events';
import { LotPhase } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { SessionPhase } from '@naru/contracts/gen/naru/auction/v1/session_service';
import { refusalOf } from '@naru/testing/refusals';
import { BUSAN, FARM, GARAK, SEOUL, START, Stage, krw } from './stage.js';

describe('a session', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.set();
  });
  afterAll(() => stage.strike());

  it('sells its lots one after the other in order of consignment, whichever way they were listed', async () => {
    const { marketId } = await stage.market();
    await stage.admit(marketId, [SEOUL, BUSAN]);
    const [operator, seoul, busan] = [await stage.as('operator', GARAK), await stage.as('bidder', SEOUL), await stage.as('bidder', BUSAN)];
    const { session } = await operator.sessions.createSession({ marketId, name: '아침 경매', businessDay: '2022-06-23' });
    const { sessionId } = session!;
    const consignments = [await stage.consign(marketId), await stage.consign(marketId, { reservePriceAmount: 9_000n }), await stage.consign(marketId)];
    for (const consignment of consignments.toReversed()) {
      await stage.receive(consignment, consignment === consignments[0] ? 8n : 10n);
      await operator.lots.listLot({ lotId: consignment.lotId, sessionId, startPriceAmount: 6_000n });
    }
    const [first, second, third] = consignments.map((consignment) => consignment.lotId) as [string, string, string];

    await operator.sessions.startSession({ sessionId });
    expect(await stage.lot(first)).toMatchObject({ phase: LotPhase.OPEN, position: 1, quantity: 8n, weighedGrams: 80_000n, minimumBid: krw(6_000), closesAt: new Date(START + 60_000) });
    expect((await stage.lot(second)).phase).toBe(LotPhase.LISTED);
    await seoul.lots.placeBid({ lotId: first, limit: krw(9_000) });
    const { bid } = await busan.lots.placeBid({ lotId: first, limit: krw(8_000) });
    expect(bid).toMatchObject({ sequence: 2n, organizationId: BUSAN, leading: false, limit: krw(8_000), price: krw(8_100), stampedAt: new Date(START) });
    expect(await stage.lot(first, SEOUL)).toMatchObject({ leading: true, price: krw(8_100), minimumBid: krw(9_100) });
    expect(await stage.lot(first, BUSAN)).toMatchObject({ leading: false, price: krw(8_100), minimumBid: krw(8_200) });

    await stage.clock.advanceTo(START + 60_000);
    expect(await stage.lot(first)).toMatchObject({ phase: LotPhase.SOLD, price: krw(8_100), hammerAmount: krw(64_800), closedAt: new Date(START + 60_000) });
    expect(await stage.lot(second)).toMatchObject({ phase: LotPhase.OPEN, position: 2, openedAt: new Date(START + 60_000) });
    await seoul.lots.placeBid({ lotId: second, limit: krw(8_900) });
    await stage.clock.advanceTo(START + 240_000);
    expect((await stage.lot(second)).phase).toBe(LotPhase.PASSED);
    expect((await stage.lot(third)).phase).toBe(LotPhase.PASSED);
    expect((await operator.sessions.getSession({ sessionId })).session).toMatchObject({ phase: SessionPhase.CLOSED, closedAt: new Date(START + 180_000) });

    expect(await stage.published(LotSold)).toEqual([expect.objectContaining({ lotId: first, buyerOrganizationId: SEOUL, consignorOrganizationId: FARM, quantity: 8n, price: krw(8_100), hammerAmount: krw(64_800), bids: 2n })]);
    expect((await stage.published(LotPassed)).map(({ lotId, reason }) => [lotId, reason])).toEqual([[second, 'RESERVE_NOT_MET'], [third, 'NO_BID']]);
    expect((await stage.published(LotOpened)).map((event) => event.lotId)).toEqual([first, second, third]);
    expect((await stage.published(BidPlaced)).map(({ sequence, price, leadChanged }) => ({ sequence, price, leadChanged }))).toEqual([
      { sequence: 1n, price: krw(6_000), leadChanged: true },
      { sequence: 2n, price: krw(8_100), leadChanged: false },
      { sequence: 1n, price: krw(6_000), leadChanged: true },
    ]);

    const { bidder } = await seoul.bidders.getBidder({ marketId, organizationId: SEOUL });
    expect(bidder!.exposure).toEqual(krw(64_800)); // won and unpaid; the hold on the passed lot is released
    expect(await operator.markets.getBoard({ marketId, businessDay: '2022-06-23' })).toMatchObject({
      lotsSold: 1n,
      lotsPassed: 2n,
      asOf: new Date(START + 180_000),
      lines: [{ item: '사과', variety: '후지', grade: '상품', tradeUnit: '10kg', lots: 1n, volume: 8n, averagePrice: krw(8_100), highPrice: krw(8_100), lowPrice: krw(8_100) }],
    });
  });

  it('refuses to start twice, empty, or on a day that is none; a closed one takes no lots', async () => {
    const { marketId } = await stage.market();
    const operator = await stage.as('operator', GARAK);
    const { sessionId } = await stage.openSession(marketId);
    expect(await refusalOf(operator.sessions.startSession({ sessionId }))).toBe('SESSION_NOT_PREPARED');
    await stage.clock.advanceTo(stage.clock.now() + 60_000);
    const late = await stage.consign(marketId);
    await stage.receive(late);
    expect(await refusalOf(operator.lots.listLot({ lotId: late.lotId, sessionId, startPriceAmount: 6_000n }))).toBe('SESSION_CLOSED');
    const { session } = await operator.sessions.createSession({ marketId, name: '빈 회차', businessDay: '2022-06-23' });
    expect(await refusalOf(operator.sessions.startSession({ sessionId: session!.sessionId }))).toBe('SESSION_EMPTY');
    expect(await refusalOf(operator.sessions.createSession({ marketId, name: '없는 날', businessDay: '2022-06-31' }))).toBe('BUSINESS_DAY_UNKNOWN');
  });

  it('takes late arrivals behind those that wait, and leaves out what is withdrawn', async () => {
    const { marketId } = await stage.market();
    const operator = await stage.as('operator', GARAK);
    const { sessionId, lotIds } = await stage.openSession(marketId, [{}, {}]);
    const late = await stage.consign(marketId);
    await stage.receive(late);
    const { lot } = await operator.lots.listLot({ lotId: late.lotId, sessionId, startPriceAmount: 6_000n });
    expect(lot!.position).toBe(3);
    await operator.lots.withdrawLot({ lotId: lotIds[1]!, reason: '품질 저하' });
    await stage.clock.advanceTo(stage.clock.now() + 60_000);
    expect((await stage.lot(late.lotId)).phase).toBe(LotPhase.OPEN);
    expect((await stage.lot(lotIds[1]!)).phase).toBe(LotPhase.WITHDRAWN);
  });
});
