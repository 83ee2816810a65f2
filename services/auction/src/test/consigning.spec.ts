import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ConsignmentRow, ConsignmentPhase } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { ConsignmentRegistered } from '@naru/contracts/gen/naru/auction/v1/events';
import { LotPhase } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { ConsignmentReceived, ConsignmentRefused } from '@naru/contracts/gen/naru/warehousing/v1/events';
import { refusalOf } from '@naru/testing/refusals';
import { APPLES, BUSAN, FARM, GARAK, RULES, SEOUL, Stage, krw, newId } from './stage.js';

const NONE = { pageSize: 0, pageToken: '' };

describe('consigning', () => {
  let stage: Stage;
  let marketId: string;
  beforeAll(async () => {
    stage = await Stage.set();
    ({ marketId } = await stage.market());
  });
  afterAll(() => stage.strike());

  const row = (line: number, changes: Partial<ConsignmentRow['consignment']> = {}): ConsignmentRow => ({
    consignment: { marketId, goods: APPLES, quantity: 10n, reservePriceAmount: 0n, loose: false, ...changes },
    source: { file: 'kamis.csv', line, raw: `사과,후지,${line}` },
  });

  it('makes a consignment, its waiting lot, and the event that the centre waits for', async () => {
    const consignment = await stage.consign(marketId, { reservePriceAmount: 8_000n });
    expect(consignment).toMatchObject({ consignorOrganizationId: FARM, marketId, goods: APPLES, quantity: 10n, reservePrice: krw(8_000), phase: ConsignmentPhase.ANNOUNCED });
    expect(consignment.code).toMatch(/^CSG-20220623-\d{4}$/);
    expect(await stage.lot(consignment.lotId)).toMatchObject({ phase: LotPhase.WAITING, consignmentId: consignment.consignmentId, code: expect.stringMatching(/^LOT-20220623-\d{4}$/) });
    expect((await stage.published(ConsignmentRegistered)).at(-1)).toMatchObject({ consignmentId: consignment.consignmentId, lotId: consignment.lotId, quantity: 10n, goods: APPLES });
    const { consignments } = await stage.as('consignor', FARM);
    const invalid = (changes: Partial<ConsignmentRow['consignment']>) => refusalOf(consignments.registerConsignment({ consignment: { ...row(1).consignment!, ...changes } }));
    expect(await invalid({ marketId: newId() })).toBe('NOT_FOUND');
    expect(await invalid({ reservePriceAmount: 8_050n })).toBe('PRICE_NOT_IN_UNIT');
    expect(await invalid({ goods: { ...APPLES, item: ' ' } })).toBe('GOODS_REFUSED');
  });

  it('of a file tells the outcome of each row, and run twice changes nothing', async () => {
    const { consignments } = await stage.as('consignor', FARM);
    const rows = [row(2), row(3, { reservePriceAmount: 50n }), row(4), row(2)];
    const { outcomes } = await consignments.batchCreateConsignments({ rows });
    expect(outcomes.map(({ created, code }) => [created, code])).toEqual([[true, ''], [false, 'PRICE_NOT_IN_UNIT'], [true, ''], [false, '']]);
    expect(outcomes[3]!.consignmentId).toBe(outcomes[0]!.consignmentId);
    const again = (await consignments.batchCreateConsignments({ rows: [...rows, row(5)] })).outcomes;
    expect(again.map(({ created, code }) => [created, code])).toEqual([[false, ''], [false, 'PRICE_NOT_IN_UNIT'], [false, ''], [false, ''], [true, '']]);
    expect(again.slice(0, 4).map((outcome) => outcome.lotId)).toEqual(outcomes.map((outcome) => outcome.lotId));
    const { consignment } = await consignments.getConsignment({ consignmentId: outcomes[2]!.consignmentId });
    expect(consignment!.source).toEqual(row(4).source);
    // The same row of another consignor is another row.
    const other = await stage.as('consignor', BUSAN);
    expect((await other.consignments.batchCreateConsignments({ rows: [row(2)] })).outcomes[0]!.created).toBe(true);
  });

  it('of one file by two imports at once makes each row once, with codes that have no gap', async () => {
    const consignor = newId();
    const { consignments } = await stage.as('consignor', consignor);
    const rows = Array.from({ length: 50 }, (_, i) => row(100 + i));
    const both = await Promise.all([consignments.batchCreateConsignments({ rows }), consignments.batchCreateConsignments({ rows })]);
    const created = both.map(({ outcomes }) => outcomes.filter((outcome) => outcome.created).length);
    expect(created.sort((a, b) => a - b)).toEqual([0, 50]);
    const [numbers] = await stage.database.query<{ n: string; last: number }>(`select count(*) as n, max(right(code, 4)::integer) as last from auction.consignments`);
    expect(numbers!.n).toBe(`${numbers!.last}`);
  });

  it('waits for the goods: what was counted is sold, what was refused is barred', async () => {
    const [short, refused, empty] = [await stage.consign(marketId), await stage.consign(marketId), await stage.consign(marketId)];
    const operator = await stage.as('operator', GARAK);
    const { session } = await operator.sessions.createSession({ marketId, name: '아침 경매', businessDay: '2022-06-23' });
    const listing = { sessionId: session!.sessionId, startPriceAmount: 6_000n };
    expect(await refusalOf(operator.lots.listLot({ lotId: short.lotId, ...listing }))).toBe('LOT_NOT_RECEIVED');
    await stage.receive(short, 7n);
    await stage.tell(ConsignmentRefused, ConsignmentRefused.fromPartial({ consignmentId: refused.consignmentId }));
    await stage.receive(empty, 0n);
    await stage.tell(ConsignmentReceived, ConsignmentReceived.fromPartial({ consignmentId: newId(), counted: 1n })); // unannounced: no lot of ours
    await stage.until(async () => (await stage.lot(refused.lotId)).phase === LotPhase.BARRED);
    expect(await stage.lot(short.lotId)).toMatchObject({ phase: LotPhase.RECEIVED, quantity: 7n, weighedGrams: 70_000n });
    expect((await stage.lot(empty.lotId)).phase).toBe(LotPhase.BARRED);
    expect(await refusalOf(operator.lots.listLot({ lotId: refused.lotId, ...listing }))).toBe('LOT_NOT_LISTABLE');
    expect(await refusalOf(operator.lots.listLot({ lotId: short.lotId, ...listing, startPriceAmount: 6_050n }))).toBe('PRICE_NOT_IN_UNIT');
    expect(await refusalOf(operator.lots.listLot({ lotId: short.lotId, ...listing, sessionId: newId() }))).toBe('NOT_FOUND');
    const { marketId: elsewhere } = await stage.market();
    const other = await operator.sessions.createSession({ marketId: elsewhere, name: '다른 시장', businessDay: '2022-06-23' });
    expect(await refusalOf(operator.lots.listLot({ lotId: short.lotId, ...listing, sessionId: other.session!.sessionId }))).toBe('NOT_FOUND');
    const { consignment } = await operator.consignments.getConsignment({ consignmentId: short.consignmentId });
    expect(consignment).toMatchObject({ phase: ConsignmentPhase.RECEIVED, quantity: 10n });
  });

  it('shows each organization its own', async () => {
    const stranger = newId();
    const consignment = await stage.consign(marketId);
    const [operator, other, foreign, seoul] = [await stage.as('operator', GARAK), await stage.as('consignor', stranger), await stage.as('operator', stranger), await stage.as('bidder', SEOUL)];
    const { consignmentId, lotId } = consignment;
    expect((await operator.consignments.getConsignment({ consignmentId })).consignment).toEqual(consignment);
    for (const consignments of [other.consignments, foreign.consignments]) {
      expect(await refusalOf(consignments.getConsignment({ consignmentId }))).toBe('NOT_FOUND');
      expect((await consignments.listConsignments(NONE)).consignments).toEqual([]);
    }
    expect(await refusalOf(seoul.lots.getLot({ lotId }))).toBe('NOT_FOUND');
    expect((await seoul.lots.listLots({ ...NONE, sessionId: '', phase: LotPhase.UNSPECIFIED })).lots).toEqual([]);
    expect((await operator.lots.listLots({ pageSize: 500, pageToken: '', sessionId: '', phase: LotPhase.WAITING })).lots.map((lot) => lot.lotId)).toContain(lotId);
    expect((await operator.lots.listLots({ ...NONE, sessionId: 'no uuid', phase: LotPhase.UNSPECIFIED })).lots).toEqual([]);
    expect(await refusalOf(foreign.lots.withdrawLot({ lotId, reason: '변심' }))).toBe('NOT_FOUND');
    expect(await refusalOf(foreign.sessions.createSession({ marketId, name: '남의 시장', businessDay: '2022-06-23' }))).toBe('NOT_FOUND');
    expect(await refusalOf(foreign.bidders.suspendBidder({ marketId, organizationId: SEOUL }))).toBe('NOT_FOUND');
    await stage.admit(marketId, [SEOUL, BUSAN]);
    expect((await seoul.bidders.listBidders({ marketId, ...NONE })).bidders.map((bidder) => bidder.organizationId)).toEqual([SEOUL]);
    expect(await refusalOf(seoul.bidders.getBidder({ marketId, organizationId: BUSAN }))).toBe('NOT_FOUND');
    expect((await operator.bidders.listBidders({ marketId, ...NONE })).bidders.map((bidder) => bidder.organizationId)).toEqual([SEOUL, BUSAN].sort());
  });

  it('pages by key', async () => {
    const consignor = newId();
    for (let i = 0; i < 5; i++) await stage.consign(marketId, {}, consignor);
    const { consignments } = await stage.as('consignor', consignor);
    const pages: string[][] = [];
    for (let pageToken = ''; ; ) {
      const page = await consignments.listConsignments({ pageSize: 2, pageToken });
      pages.push(page.consignments.map((consignment) => consignment.code));
      pageToken = page.nextPageToken;
      if (pageToken === '') break;
    }
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(new Set(pages.flat()).size).toBe(5);
  });
});

describe('a market', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.set();
  });
  afterAll(() => stage.strike());

  it('keeps the rules it was made with, under a code of its own', async () => {
    const market = await stage.market();
    expect(market).toMatchObject({ operatorOrganizationId: GARAK, timeZone: 'Asia/Seoul', rules: RULES });
    const [operator, analyst] = [await stage.as('operator', GARAK), await stage.as('analyst', SEOUL)];
    expect((await analyst.markets.getMarket({ marketId: market.marketId })).market).toEqual(market);
    expect((await analyst.markets.listMarkets(NONE)).markets).toEqual([market]);
    const { code, name, timeZone } = market;
    expect(await refusalOf(operator.markets.createMarket({ code, name, timeZone, rules: RULES, fees: undefined }))).toBe('ALREADY_EXISTS');
    expect(await refusalOf(operator.markets.createMarket({ code: 'OTHER', name, timeZone, rules: { ...RULES, bidUnit: 7n }, fees: undefined }))).toBe('INCREMENTS_INVALID');
    expect(await refusalOf(analyst.markets.createMarket({ code: 'OTHER', name, timeZone, rules: RULES, fees: undefined }))).toBe('PERMISSION_DENIED');
    expect(await refusalOf(analyst.markets.getMarket({ marketId: newId() }))).toBe('NOT_FOUND');
    expect(await refusalOf(operator.sessions.listSessions({ marketId: newId(), ...NONE }))).toBe('NOT_FOUND');
    expect((await operator.sessions.listSessions({ marketId: market.marketId, ...NONE })).sessions).toEqual([]);
    for (const businessDay of ['2022-02-30', '0000-01-01', '2022-13-01']) expect(await refusalOf(operator.markets.getBoard({ marketId: market.marketId, businessDay }))).toBe('BUSINESS_DAY_UNKNOWN');
    expect(await operator.markets.getBoard({ marketId: market.marketId, businessDay: '2022-02-28' })).toMatchObject({ lotsSold: 0n, lotsPassed: 0n, lines: [], asOf: undefined });
  });
});
