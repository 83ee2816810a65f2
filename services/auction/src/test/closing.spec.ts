import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LotPhase } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { LotOpened, LotSold } from '@naru/contracts/gen/naru/auction/v1/events';
import { codeOf, refusalOf } from '@naru/testing/refusals';
import { BUSAN, GARAK, SEOUL, START, Stage, krw, newId } from './stage.js';

describe('the close', () => {
  let stage: Stage;
  let marketId: string;
  beforeEach(async () => {
    stage = await Stage.set();
    ({ marketId } = await stage.market());
    await stage.admit(marketId, [SEOUL, BUSAN]);
  });
  afterEach(() => stage.strike());

  it('comes at the effective close: a bid before it counts, one at it is late', async () => {
    const { lotIds: [lotId = ''] } = await stage.openSession(marketId);
    const { lots } = await stage.as('bidder', SEOUL);
    await stage.clock.advanceTo(START + 59_999);
    await lots.placeBid({ lotId, limit: krw(7_000) });
    expect((await stage.lot(lotId)).closesAt).toEqual(new Date(START + 79_999)); // it took the lead in the window
    await stage.clock.advanceTo(START + 60_000);
    expect((await stage.lot(lotId)).phase).toBe(LotPhase.OPEN);
    await stage.clock.advanceTo(START + 79_999);
    expect(await stage.lot(lotId)).toMatchObject({ phase: LotPhase.SOLD, closedAt: new Date(START + 79_999) });
    expect(await refusalOf(lots.placeBid({ lotId, limit: krw(8_000) }))).toBe('BID_TOO_LATE');
  });

  it('happens once when two instances call it while bids arrive', async () => {
    const second = await stage.startInstance();
    const bidders = Array.from({ length: 8 }, newId);
    await stage.admit(marketId, bidders);
    const { lotIds } = await stage.openSession(marketId, [{}, {}, {}]);
    const clients = await Promise.all(bidders.map(async (organizationId, i) => (await stage.as('bidder', organizationId, { service: i % 2 === 0 ? second : stage.services[0]! })).lots));
    // Both instances watch the first lot: the second took bids on it, and reads the open lots again.
    await Promise.all(clients.map((lots, i) => lots.placeBid({ lotId: lotIds[0]!, limit: krw(6_000 + 1_000 * i) }).catch(() => undefined)));
    for (const lotId of lotIds) {
      const storm = clients.flatMap((lots, i) => [10_000, 20_000, 30_000].map((amount) => lots.placeBid({ lotId, limit: krw(amount + 1_000 * i) }).then(() => 'accepted', codeOf)));
      await Promise.race(storm);
      await stage.clock.advanceTo(stage.clock.nextDue()!);
      const outcomes = await Promise.all(storm);
      const [{ bids }] = (await stage.database.query<{ bids: string }>('select count(*) as bids from auction.bids where lot_id = $1', [lotId])) as [{ bids: string }];
      expect(outcomes.every((outcome) => ['accepted', 'BID_TOO_LOW', 'BID_TOO_LATE'].includes(outcome))).toBe(true);
      expect(Number(bids)).toBeGreaterThanOrEqual(outcomes.filter((outcome) => outcome === 'accepted').length);
      expect(outcomes).toContain('accepted');
      while ((await stage.lot(lotId)).phase === LotPhase.OPEN) await stage.clock.advanceTo(stage.clock.nextDue()!);
    }
    expect(await stage.database.query('select from auction.hammers')).toHaveLength(3);
    expect((await stage.published(LotSold)).map((event) => event.lotId)).toEqual(lotIds);
    expect((await stage.published(LotOpened)).map((event) => event.lotId)).toEqual(lotIds);
  });

  it('is called again after a crash: the open lots are read at the start', async () => {
    const { lotIds: [lotId = ''] } = await stage.openSession(marketId);
    const { lots } = await stage.as('bidder', SEOUL);
    await lots.placeBid({ lotId, limit: krw(7_000) });
    await stage.services.pop()!.stop(); // its timers are gone with it
    await stage.clock.advanceTo(START + 70_000);
    await stage.startInstance();
    await stage.clock.advanceTo(START + 70_001);
    await stage.until(async () => (await stage.lot(lotId)).phase === LotPhase.SOLD);
  });

  it('lets the operator withdraw a lot before it opens, never after', async () => {
    const { lotIds } = await stage.openSession(marketId, [{}, {}]);
    const operator = await stage.as('operator', GARAK);
    expect(await refusalOf(operator.lots.withdrawLot({ lotId: lotIds[0]!, reason: '변심' }))).toBe('LOT_NOT_WITHDRAWABLE');
    expect((await operator.lots.withdrawLot({ lotId: lotIds[1]!, reason: '변심' })).lot!.phase).toBe(LotPhase.WITHDRAWN);
    expect(await refusalOf(operator.lots.listLot({ lotId: lotIds[1]!, sessionId: newId(), startPriceAmount: 6_000n }))).toBe('LOT_NOT_LISTABLE');
  });
});
