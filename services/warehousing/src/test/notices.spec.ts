import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppointmentPhase } from '@naru/contracts/gen/naru/warehousing/v1/appointment_service';
import { type Centre, LocationKind, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { GoodsReceived, NoticeAnnounced, NoticePutAway } from '@naru/contracts/gen/naru/warehousing/v1/events';
import { type Item, ItemControl } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { type AdvanceNotice, NoticeLinePhase } from '@naru/contracts/gen/naru/warehousing/v1/notice_service';
import { Condition, Disposition, Finding } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { refusalOf } from '@naru/testing/refusals';
import { MERCHANT, OTHER_OPERATOR, Scene } from './scene.js';

let scene: Scene;
let centre: Centre;
let mugs: Item;
let plates: Item;
const PAGE = { pageSize: 500, pageToken: '' };

beforeAll(async () => {
  scene = await Scene.open();
  centre = await scene.openCentre();
  mugs = await scene.ownItem('85123A');
  plates = await scene.ownItem('22752');
}, 60_000);
afterAll(() => scene.close());

const noticeOf = async (notice: AdvanceNotice): Promise<AdvanceNotice> => (await scene.merchant.notices.getNotice({ noticeId: notice.noticeId })).notice!;

async function batchesOf(itemId: string): Promise<unknown> {
  return scene.database.query(`select batch, expires_on::text as day from warehousing.batches where item_id = $1 order by batch`, [itemId]);
}

describe('an advance notice', () => {
  it('is announced once per reference of its merchant, with the items it means, however they are spelt', async () => {
    const request = {
      centreId: centre.centreId,
      merchantReference: 'PO-1',
      lines: [{ line: 7, itemCode: '85123a', unit: '1 pieces', count: 12n, batch: 'B1', expiresOn: '2023-01-31' }],
    };
    const { notice } = await scene.merchant.notices.announceGoods(request);
    expect(notice).toMatchObject({ created: true, merchantOrganizationId: MERCHANT, merchantReference: 'PO-1' });
    expect(notice!.code).toMatch(/^ASN-20220623-\d{4}$/);
    expect(notice!.lines).toMatchObject([{ line: 7, itemId: mugs.itemId, itemCode: '85123A', announcedCode: '85123a', count: 12n, phase: NoticeLinePhase.EXPECTED }]);
    const { notice: again } = await scene.merchant.notices.announceGoods(request);
    expect(again).toEqual({ ...notice, created: false });
    expect(await refusalOf(scene.merchant.notices.announceGoods({ ...request, lines: [{ ...request.lines[0]!, count: 13n }] }))).toBe('REFERENCE_TAKEN');
    const [fact, ...more] = await scene.facts(notice!.noticeId);
    expect(more).toEqual([]);
    expect(NoticeAnnounced.decode(fact!.payload)).toMatchObject({ code: notice!.code, centreCode: centre.code, lines: 1 });
  });

  it('is announced once by many at the same time', async () => {
    const request = { centreId: centre.centreId, merchantReference: 'PO-2', lines: [{ line: 1, itemCode: '22752', unit: '1 pieces', count: 5n, batch: '', expiresOn: '' }] };
    const answers = await Promise.all(Array.from({ length: 8 }, () => scene.merchant.notices.announceGoods(request)));
    expect(new Set(answers.map(({ notice }) => notice!.noticeId)).size).toBe(1);
    expect(answers.filter(({ notice }) => notice!.created)).toHaveLength(1);
  });

  it('names known items, each line once, and days that there are', async () => {
    const line = { line: 1, itemCode: '85123A', unit: '1 pieces', count: 1n, batch: '', expiresOn: '' };
    const announce = (merchantReference: string, lines: (typeof line)[]) => scene.merchant.notices.announceGoods({ centreId: centre.centreId, merchantReference, lines });
    expect(await refusalOf(announce('X-1', [{ ...line, itemCode: 'NO-SUCH' }]))).toBe('ITEM_UNKNOWN');
    expect(await refusalOf(announce('X-2', [line, line]))).toBe('LINE_REPEATED');
    expect(await refusalOf(announce('X-3', [{ ...line, expiresOn: '2022-06-31' }]))).toBe('BUSINESS_DAY_UNKNOWN');
    expect(await refusalOf(scene.merchant.notices.announceGoods({ centreId: randomUUID(), merchantReference: 'X-4', lines: [line] }))).toBe('NOT_FOUND');
  });

  it('may mean items of the operator’s catalogue', async () => {
    const item = await scene.createItem();
    const notice = await scene.announceGoods(centre, [{ itemCode: item.code.toLowerCase() }]);
    expect(notice.lines).toMatchObject([{ itemId: item.itemId, itemCode: item.code }]);
  });

  it('is booked only for its own centre', async () => {
    const notice = await scene.announceGoods(centre, [{ itemCode: '22752' }]);
    const elsewhere = await scene.openCentre();
    expect(await refusalOf(scene.book(elsewhere, [], scene.carrier, [notice.noticeId]))).toBe('NOTICE_UNKNOWN');
    expect((await scene.book(centre, [], scene.carrier, [notice.noticeId])).noticeIds).toEqual([notice.noticeId]);
  });
});

describe('goods of a notice at the door', () => {
  it('are judged line by line, and what was taken lies there and is put away', async () => {
    const own = await scene.openCentre();
    const dated = await scene.ownItem('TEA-1', { control: ItemControl.EXPIRY });
    const keeping = await scene.ownItem('JAM-1', { shelfLifeDays: 10, control: ItemControl.EXPIRY });
    const cold = await scene.ownItem('ICE-1', { temperatureClass: TemperatureClass.CHILLED });
    const codes = ['85123A', '85123A', '85123A', '22752', '22752', 'TEA-1', 'TEA-1', 'JAM-1', 'ICE-1'];
    const notice = await scene.announceGoods(own, codes.map((itemCode, i) => ({ itemCode, batch: `B${i + 1}` })));
    const truck = await scene.truckWithNotices(own, [notice]);
    const { appointmentId } = truck;
    const receive = (lines: ReturnType<typeof scene.counted>[]) => scene.operator.notices.receiveNotice({ appointmentId, noticeId: notice.noticeId, lines });
    const { outcomes } = await receive([
      scene.counted(1),
      scene.counted(2, { counted: 8n, disposition: Disposition.ACCEPT }),
      scene.counted(3, { counted: 11n, disposition: Disposition.ACCEPT }),
      scene.counted(4, { condition: Condition.DAMAGED, disposition: Disposition.ACCEPT_UNDER_RESERVE }),
      scene.counted(5, { condition: Condition.WRONG_GOODS, disposition: Disposition.REFUSE }),
      scene.counted(6),
      scene.counted(7, { expiresOn: '2022-12-24' }),
      scene.counted(8),
      scene.counted(9, { temperatureTenths: 120, disposition: Disposition.ACCEPT_UNDER_RESERVE }),
      scene.counted(20, { itemCode: '22752', unit: '1 pieces', disposition: Disposition.ACCEPT }),
      scene.counted(21, { disposition: Disposition.ACCEPT }),
      scene.counted(22, { itemCode: 'NO-SUCH', unit: '1 pieces', disposition: Disposition.ACCEPT }),
      scene.counted(1),
    ]);
    expect(outcomes.map(({ line, findings, code }) => [line, findings, code])).toEqual([
      [1, [Finding.AS_EXPECTED], ''],
      [2, [Finding.SHORT], ''],
      [3, [Finding.OVER], ''],
      [4, [Finding.DAMAGED], ''],
      [5, [Finding.WRONG_GOODS], ''],
      [6, [], 'EXPIRY_NEEDED'],
      [7, [Finding.AS_EXPECTED], ''],
      [8, [Finding.AS_EXPECTED], ''],
      [9, [Finding.TOO_WARM], ''],
      [20, [Finding.UNANNOUNCED], ''],
      [21, [], 'NOTICE_LINE_UNKNOWN'],
      [22, [], 'ITEM_UNKNOWN'],
      [1, [], 'LINE_REPEATED'],
    ]);
    expect(outcomes[0]!.receiptCode).toMatch(/^RCV-20220623-\d{4}$/);
    expect(new Set(outcomes.map(({ receiptId }) => receiptId).filter(Boolean)).size).toBe(9);
    expect(await batchesOf(dated.itemId)).toEqual([{ batch: 'B7', day: '2022-12-24' }]);
    expect(await batchesOf(keeping.itemId)).toEqual([{ batch: 'B8', day: '2022-07-03' }]);
    expect(await batchesOf(cold.itemId)).toEqual([{ batch: 'B9', day: null }]);

    const again = await receive([scene.counted(1), scene.counted(5, { condition: Condition.WRONG_GOODS, disposition: Disposition.REFUSE }), scene.counted(6, { expiresOn: '2023-01-01' })]);
    expect(again.outcomes.map(({ code }) => code)).toEqual(['NOTICE_LINE_ALREADY_RECEIVED', 'NOTICE_LINE_ALREADY_RECEIVED', '']);
    const [first, second, ...more] = (await scene.facts(notice.noticeId)).filter(({ type }) => type === GoodsReceived.$type);
    expect(more).toEqual([]);
    expect(GoodsReceived.decode(first!.payload).lines.map(({ line, counted }) => [line, counted])).toEqual([
      [1, 10n], [2, 8n], [3, 11n], [4, 10n], [5, 10n], [7, 10n], [8, 10n], [9, 10n], [20, 10n],
    ]);
    expect(GoodsReceived.decode(second!.payload).lines).toMatchObject([{ line: 6, expiresOn: '2023-01-01' }]);
    const [fact] = await scene.database.query<{ id: string }>('select event_id as id from bus.warehousing_log where key = $1 and type = $2 order by position', [notice.noticeId, GoodsReceived.$type]);
    expect(again.outcomes[0]!.why).toEqual([fact!.id]);

    const { lines } = await noticeOf(notice);
    expect(lines.map(({ line, phase }) => [line, phase])).toEqual([
      ...[1, 2, 3, 4].map((line) => [line, NoticeLinePhase.RECEIVED]),
      [5, NoticeLinePhase.REFUSED],
      ...[6, 7, 8, 9, 20].map((line) => [line, NoticeLinePhase.RECEIVED]),
    ]);
    const { receipt } = await scene.merchant.receipts.getReceipt({ receiptId: outcomes[0]!.receiptId });
    expect(receipt).toMatchObject({ noticeId: notice.noticeId, noticeLine: 1, consignmentId: '', batch: 'B1', ownerOrganizationId: MERCHANT });

    const receiptIds = [...outcomes, ...again.outcomes].map(({ receiptId }) => receiptId).filter(Boolean);
    const stranger = randomUUID();
    const put = await scene.operator.receipts.batchPutAway({ receiptIds: [...receiptIds, stranger] });
    const refused = outcomes[4]!.receiptId;
    const places = await scene.locations(own);
    for (const outcome of put.outcomes) {
      if (outcome.receiptId === refused) expect(outcome).toMatchObject({ code: 'RECEIPT_NOT_AT_DOOR', locationId: '' });
      else if (outcome.receiptId === stranger) expect(outcome).toMatchObject({ code: 'NOT_FOUND' });
      else expect([outcome.code, places.get(outcome.locationCode)!.locationId]).toEqual(['', outcome.locationId]);
    }
    const iceAt = put.outcomes.find(({ receiptId }) => receiptId === outcomes[8]!.receiptId)!;
    expect(places.get(iceAt.locationCode)!.temperatureClass).toBe(TemperatureClass.CHILLED);
    const after = await scene.locations(own);
    expect(after.get('C1-D1')!.occupiedGrams).toBe(0n);
    expect(after.get('A1-01-1')!.occupiedGrams).toBe(7_900n);
    const [told] = (await scene.facts(notice.noticeId)).filter(({ type }) => type === NoticePutAway.$type);
    expect(NoticePutAway.decode(told!.payload).lines).toHaveLength(9);
    const repeated = await scene.operator.receipts.batchPutAway({ receiptIds });
    expect(new Set(repeated.outcomes.map(({ code }) => code))).toEqual(new Set(['RECEIPT_NOT_AT_DOOR']));
    expect((await scene.operator.appointments.finishUnloading({ appointmentId })).appointment!.phase).toBe(AppointmentPhase.DONE);
  });

  it('keep one date per batch', async () => {
    const item = await scene.ownItem('TEA-2', { control: ItemControl.EXPIRY });
    const notice = await scene.announceGoods(centre, Array.from({ length: 4 }, () => ({ itemCode: 'TEA-2', batch: 'T' })));
    const { appointmentId } = await scene.truckWithNotices(centre, [notice]);
    const { outcomes } = await scene.operator.notices.receiveNotice({
      appointmentId,
      noticeId: notice.noticeId,
      lines: [scene.counted(1), scene.counted(2, { expiresOn: '2022-08-01' }), scene.counted(3, { expiresOn: '2022-08-02' }), scene.counted(4)],
    });
    expect(outcomes.map(({ code }) => code)).toEqual(['EXPIRY_NEEDED', '', 'BATCH_DATE_DIFFERS', '']);
    expect(await batchesOf(item.itemId)).toEqual([{ batch: 'T', day: '2022-08-01' }]);
    expect((await scene.operator.appointments.finishUnloading({ appointmentId })).appointment!.phase).toBe(AppointmentPhase.LEFT);
  });

  it('are unannounced on a truck that did not name the notice, and nowhere at another centre', async () => {
    const notice = await scene.announceGoods(centre, [{ itemCode: '22752' }]);
    const truck = await scene.truckAtDoor(centre, [], 'C1-D1');
    const request = { appointmentId: truck.appointmentId, noticeId: notice.noticeId, lines: [scene.counted(1, { disposition: Disposition.ACCEPT })] };
    const elsewhere = await scene.openCentre();
    const other = await scene.truckAtDoor(elsewhere, []);
    expect(await refusalOf(scene.operator.notices.receiveNotice({ ...request, appointmentId: other.appointmentId }))).toBe('NOT_FOUND');
    const { outcomes } = await scene.operator.notices.receiveNotice(request);
    expect(outcomes).toMatchObject([{ findings: [Finding.UNANNOUNCED], code: '' }]);
    await scene.operator.appointments.finishUnloading({ appointmentId: truck.appointmentId });
    expect(await refusalOf(scene.operator.notices.receiveNotice(request))).toBe('APPOINTMENT_NOT_IN_PHASE');
  });

  it('are received once by two clients at once, and put away once', async () => {
    const own = await scene.openCentre();
    const count = 40;
    const notice = await scene.announceGoods(own, Array.from({ length: count }, (_, i) => ({ itemCode: '22752', batch: `R${i}` })));
    const { appointmentId } = await scene.truckWithNotices(own, [notice]);
    const lines = Array.from({ length: count }, (_, i) => scene.counted(i + 1));
    const request = { appointmentId, noticeId: notice.noticeId };
    const answers = await Promise.all([lines, lines.toReversed(), lines.slice(10)].map((some) => scene.operator.notices.receiveNotice({ ...request, lines: some })));
    const taken = answers.flatMap(({ outcomes }) => outcomes.filter(({ code }) => code === ''));
    expect(taken.map(({ line }) => line).sort((a, b) => a - b)).toEqual(lines.map(({ line }) => line));
    const receiptIds = taken.map(({ receiptId }) => receiptId);
    const puts = await Promise.all([receiptIds, receiptIds.toReversed()].map((some) => scene.operator.receipts.batchPutAway({ receiptIds: some })));
    expect(puts.flatMap(({ outcomes }) => outcomes).filter(({ code }) => code === '')).toHaveLength(count);
    const places = await scene.locations(own);
    expect([places.get('C1-D1')!.occupiedGrams, places.get('A1-01-1')!.occupiedGrams]).toEqual([0n, 40_000n]);
  });

  it('find places to the last gram, and the rest are told so', async () => {
    const shelves = [3n, 2n, 1n].map((loads, i) => ({ code: `A1-0${i}`, kind: LocationKind.RACK, capacityGrams: loads * 1000n }));
    const own = await scene.openCentre(scene.operator, [
      { code: 'A1', temperatureClass: TemperatureClass.AMBIENT, locations: [{ code: 'C1-D1', kind: LocationKind.DOCK_DOOR, capacityGrams: 1000n }, ...shelves] },
    ]);
    const notice = await scene.announceGoods(own, Array.from({ length: 8 }, (_, i) => ({ itemCode: '22752', batch: `R${i}` })));
    const { appointmentId } = await scene.truckWithNotices(own, [notice]);
    const { outcomes } = await scene.operator.notices.receiveNotice({ appointmentId, noticeId: notice.noticeId, lines: notice.lines.map(({ line }) => scene.counted(line)) });
    const put = await scene.operator.receipts.batchPutAway({ receiptIds: outcomes.map(({ receiptId }) => receiptId) });
    expect(put.outcomes.map(({ code }) => code).sort()).toEqual(['', '', '', '', '', '', 'NO_LOCATION', 'NO_LOCATION']);
    for (const location of (await scene.locations(own)).values())
      expect(location.occupiedGrams).toBe(location.kind === LocationKind.DOCK_DOOR ? 2000n : location.capacityGrams);
  });
});

describe('what belongs to others (rule I2)', () => {
  it('is unknown to them', async () => {
    const notice = await scene.announceGoods(centre, [{ itemCode: '22752' }]);
    const { noticeId } = notice;
    const { appointmentId } = await scene.truckWithNotices(centre, [notice], 'C1-D2');
    const [rival, otherOperator] = [await scene.as(randomUUID(), 'merchant'), await scene.as(OTHER_OPERATOR, 'centre-operator')];
    expect(await refusalOf(rival.notices.getNotice({ noticeId }))).toBe('NOT_FOUND');
    expect(await refusalOf(otherOperator.notices.getNotice({ noticeId }))).toBe('NOT_FOUND');
    expect(await refusalOf(otherOperator.notices.receiveNotice({ appointmentId, noticeId, lines: [scene.counted(1)] }))).toBe('NOT_FOUND');
    expect(await refusalOf(scene.merchant.notices.receiveNotice({ appointmentId, noticeId, lines: [scene.counted(1)] }))).toBe('PERMISSION_DENIED');
    for (const party of [rival, otherOperator]) expect((await party.notices.listNotices(PAGE)).notices).toEqual([]);
    for (const party of [scene.merchant, scene.operator]) {
      expect((await party.notices.listNotices(PAGE)).notices.map((own) => own.noticeId)).toContain(noticeId);
      expect((await party.notices.getNotice({ noticeId })).notice!.lines).toHaveLength(1);
    }
    const { outcomes } = await scene.operator.notices.receiveNotice({ appointmentId, noticeId, lines: [scene.counted(1)] });
    expect((await otherOperator.receipts.batchPutAway({ receiptIds: [outcomes[0]!.receiptId] })).outcomes).toMatchObject([{ code: 'NOT_FOUND' }]);
    // the operator sees the merchant's items that are announced to it, the other one does not
    expect((await scene.operator.items.getItem({ itemId: plates.itemId })).item!.code).toBe('22752');
    expect(await refusalOf(otherOperator.items.getItem({ itemId: plates.itemId }))).toBe('NOT_FOUND');
    expect(await refusalOf(rival.notices.announceGoods({ centreId: centre.centreId, merchantReference: 'R', lines: [{ line: 1, itemCode: '22752', unit: '1 pieces', count: 1n, batch: '', expiresOn: '' }] }))).toBe('ITEM_UNKNOWN');
  });
});
