import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BidPlaced } from '@naru/contracts/gen/naru/auction/v1/events';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { refusalOf } from '@naru/testing/refusals';
import { BUSAN, DAEGU, FARM, GARAK, SEOUL, Stage, krw, newId } from './stage.js';

describe('a bid', () => {
  let stage: Stage;
  let marketId: string;
  let lotId: string;
  beforeAll(async () => {
    stage = await Stage.set();
    ({ marketId } = await stage.market());
    await stage.admit(marketId, [SEOUL, BUSAN, DAEGU, FARM]);
    ({ lotIds: [lotId = ''] } = await stage.openSession(marketId));
  });
  afterAll(() => stage.strike());

  const refusalFor = async (organizationId: string, amount: number, lot = lotId, currency = 'KRW'): Promise<string> => {
    const { lots } = await stage.as('bidder', organizationId);
    return refusalOf(lots.placeBid({ lotId: lot, limit: { currency, amount: BigInt(amount) } }));
  };
  const untouched = () => stage.database.query('select * from auction.bids where lot_id = $1', [lotId]);

  it('is refused for its amount', async () => {
    expect(await refusalFor(SEOUL, 5_900)).toBe('BID_TOO_LOW');
    expect(await refusalFor(SEOUL, 6_050)).toBe('BID_NOT_IN_UNIT');
    expect(await refusalFor(SEOUL, 6_000, lotId, 'INR')).toBe('BID_CURRENCY');
    expect(await refusalFor(SEOUL, 0)).toBe('INVALID_ARGUMENT');
    expect(await untouched()).toEqual([]);
  });

  it('is refused for who bids', async () => {
    const [stranger, cousin, lapsed, fishmonger, suspended] = [newId(), newId(), newId(), newId(), newId()];
    await stage.admit(marketId, [cousin, suspended]);
    await stage.admit(marketId, [lapsed], { licensedUntil: new Date(stage.clock.now()) });
    await stage.admit(marketId, [fishmonger], { categories: [Category.FISH] });
    await stage.affiliate(cousin, FARM);
    const operator = await stage.as('operator', GARAK);
    await operator.bidders.suspendBidder({ marketId, organizationId: suspended });
    expect(await refusalFor(stranger, 6_000)).toBe('BIDDER_NOT_ADMITTED');
    expect(await refusalFor(lapsed, 6_000)).toBe('BIDDER_NOT_LICENSED');
    expect(await refusalFor(fishmonger, 6_000)).toBe('BIDDER_NOT_LICENSED');
    expect(await refusalFor(suspended, 6_000)).toBe('BIDDER_SUSPENDED');
    expect(await refusalFor(FARM, 6_000)).toBe('BIDDER_IS_CONSIGNOR');
    expect(await refusalFor(cousin, 6_000)).toBe('BIDDER_IS_CONSIGNOR');
    expect(await untouched()).toEqual([]);
  });

  it('is refused for the phase of its lot', async () => {
    const { lotIds: [listed] } = await stage.session(marketId, [{}]);
    const waiting = await stage.consign(marketId);
    expect(await refusalFor(SEOUL, 6_000, listed)).toBe('LOT_NOT_OPEN');
    expect(await refusalFor(SEOUL, 6_000, waiting.lotId)).toBe('NOT_FOUND'); // not listed: nobody else's to see
    expect(await refusalFor(FARM, 6_000, waiting.lotId)).toBe('LOT_NOT_OPEN');
    expect(await refusalFor(SEOUL, 6_000, newId())).toBe('NOT_FOUND');
  });

  it('counts once under one key, and answers the same again', async () => {
    const { lots } = await stage.as('bidder', SEOUL, { idempotencyKey: 'one' });
    const first = await lots.placeBid({ lotId, limit: krw(7_000) });
    expect(await lots.placeBid({ lotId, limit: krw(7_000) })).toEqual(first);
    expect(await Promise.all(Array.from({ length: 5 }, () => lots.placeBid({ lotId, limit: krw(7_000) })))).toEqual(Array.from({ length: 5 }, () => first));
    expect(await refusalOf(lots.placeBid({ lotId, limit: krw(7_500) }))).toBe('IDEMPOTENCY_KEY_REUSED');
    const low = await stage.as('bidder', BUSAN, { idempotencyKey: 'one' }); // another organization's key is another key
    expect(await refusalOf(low.lots.placeBid({ lotId, limit: krw(6_000) }))).toBe('BID_TOO_LOW');
    expect(await untouched()).toHaveLength(1);
    expect(await stage.published(BidPlaced)).toHaveLength(1);
  });

  it('is seen by its bidder and by the operator of the market alone', async () => {
    const { lots } = await stage.as('bidder', BUSAN);
    await lots.placeBid({ lotId, limit: krw(7_100) });
    const seen = async (role: 'bidder' | 'operator', organizationId: string) => (await (await stage.as(role, organizationId)).lots.listBids({ lotId, pageSize: 0, pageToken: '' })).bids.map((bid) => [bid.sequence, bid.organizationId]);
    expect(await seen('bidder', SEOUL)).toEqual([[1n, SEOUL]]);
    expect(await seen('bidder', BUSAN)).toEqual([[2n, BUSAN]]);
    expect(await seen('bidder', DAEGU)).toEqual([]);
    expect(await seen('operator', newId())).toEqual([]);
    expect(await seen('operator', GARAK)).toEqual([[1n, SEOUL], [2n, BUSAN]]);
    const { lots: own } = await stage.as('operator', GARAK);
    const page = await own.listBids({ lotId, pageSize: 1, pageToken: '' });
    expect((await own.listBids({ lotId, pageSize: 1, pageToken: page.nextPageToken })).bids.map((bid) => bid.sequence)).toEqual([2n]);
    expect(await refusalOf(lots.listBids({ lotId, pageSize: 1, pageToken: page.nextPageToken }))).toBe('PAGE_TOKEN_INVALID');
  });

  it('by many at once is decided one after the other, whichever instance takes it', async () => {
    const other = await stage.startInstance();
    const bidders = Array.from({ length: 12 }, newId);
    await stage.admit(marketId, bidders);
    const { lotIds: [crowded = ''] } = await stage.openSession(marketId);
    const attempts = bidders.flatMap((organizationId, i) => [6_000 + 100 * i, 7_000 + 300 * i, 30_000 - 500 * i].map((amount, j) => ({ organizationId, amount, service: (i + j) % 2 === 0 ? other : stage.services[0]! })));
    const outcomes = await Promise.all(
      attempts.map(async ({ organizationId, amount, service }) => {
        const { lots } = await stage.as('bidder', organizationId, { service });
        return lots.placeBid({ lotId: crowded, limit: krw(amount) }).then(({ bid }) => bid!, () => undefined);
      }),
    );
    const accepted = outcomes.filter((bid) => bid !== undefined).sort((a, b) => Number(a.sequence - b.sequence));
    expect(accepted.map((bid) => bid.sequence)).toEqual(accepted.map((_, i) => BigInt(i + 1)));
    const lot = await stage.lot(crowded);
    // one increment over the second limit, but not over the first: which bids of the others came in time is for the day to say
    const second = accepted.filter((bid) => bid.organizationId !== bidders[0]).map((bid) => Number(bid.limit!.amount)).reduce((most, limit) => Math.max(most, limit));
    expect(lot).toMatchObject({ sequence: BigInt(accepted.length), price: krw(Math.min(30_000, second + 500)) });
    const exposures = await stage.database.query<{ organization_id: string; exposure: string }>('select organization_id, exposure::text from auction.bidders where market_id = $1 and organization_id = any ($2)', [marketId, bidders]);
    expect(exposures.filter((row) => row.exposure !== '0')).toEqual([{ organization_id: bidders[0], exposure: '300000' }]);
  });
});

describe('exposure', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.set();
  });
  afterAll(() => stage.strike());

  it('holds over two lots at once: means for one win one', async () => {
    const { marketId } = await stage.market();
    await stage.admit(marketId, [SEOUL], { depositAmount: 60_000n, creditAmount: 40_000n });
    const lots = await Promise.all([stage.openSession(marketId), stage.openSession(marketId)]);
    const { lots: seoul, bidders } = await stage.as('bidder', SEOUL);
    for (let round = 0; round < 5; round++) {
      const amounts = [6_000 + 1_000 * round, 5_900 + 1_000 * round].map((amount) => krw(amount));
      const outcomes = await Promise.allSettled(lots.map(({ lotIds }, i) => seoul.placeBid({ lotId: lotIds[0]!, limit: amounts[(round + i) % 2]! })));
      const { bidder } = await bidders.getBidder({ marketId, organizationId: SEOUL });
      expect(bidder!.exposure!.amount).toBeLessThanOrEqual(100_000n);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled').length).toBeLessThan(2);
    }
    expect((await bidders.getBidder({ marketId, organizationId: SEOUL })).bidder!.exposure!.amount).toBeGreaterThan(0n);
    expect(await refusalOf(seoul.placeBid({ lotId: lots[0].lotIds[0]!, limit: krw(20_000) }))).toBe('EXPOSURE_EXCEEDED');
  });

  it('is released when outbid, and cannot be undercut by new terms', async () => {
    const { marketId } = await stage.market();
    await stage.admit(marketId, [SEOUL, BUSAN], { depositAmount: 100_000n, creditAmount: 0n });
    const { lotIds: [lotId = ''] } = await stage.openSession(marketId);
    const [seoul, busan, operator] = [await stage.as('bidder', SEOUL), await stage.as('bidder', BUSAN), await stage.as('operator', GARAK)];
    const exposure = async () => (await seoul.bidders.getBidder({ marketId, organizationId: SEOUL })).bidder!.exposure;
    await seoul.lots.placeBid({ lotId, limit: krw(8_000) });
    expect(await exposure()).toEqual(krw(80_000));
    const terms = { marketId, organizationId: SEOUL, categories: [Category.FRUIT_AND_VEGETABLE], licensedUntil: new Date(stage.clock.now() + 1_000), depositAmount: 79_999n, creditAmount: 0n };
    expect(await refusalOf(operator.bidders.admitBidder(terms))).toBe('LIMIT_BELOW_EXPOSURE');
    expect((await operator.bidders.admitBidder({ ...terms, creditAmount: 1n })).bidder!.exposure).toEqual(krw(80_000));
    await busan.lots.placeBid({ lotId, limit: krw(9_000) });
    expect(await exposure()).toEqual(krw(0));
  });
});
