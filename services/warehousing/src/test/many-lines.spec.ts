import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Centre, LocationKind, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { ItemControl } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { Scene } from './scene.js';

/** As many items as a shop's day orders. */
const ITEMS = 1351;
const PART = 500;
let scene: Scene;
let centre: Centre;

beforeAll(async () => {
  scene = await Scene.open();
  const racks = Array.from({ length: 400 }, (_, i) => ({ code: `A1-${String(i).padStart(3, '0')}`, kind: LocationKind.RACK, capacityGrams: 5_000n + BigInt(i % 7) * 100n }));
  const doors = [{ code: 'C1-D1', kind: LocationKind.DOCK_DOOR, capacityGrams: 1_000_000n }];
  centre = await scene.openCentre(scene.operator, [{ code: 'A1', temperatureClass: TemperatureClass.AMBIENT, locations: [...doors, ...racks] }]);
}, 60_000);
afterAll(() => scene.close());

function* partsOf<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += PART) yield rows.slice(from, from + PART);
}

describe('a notice of a whole shop', () => {
  it(`of ${ITEMS} lines is announced, received and put away in calls of ${PART}`, async () => {
    const codes = Array.from({ length: ITEMS }, (_, i) => `SHOP-${i}`);
    const item = { name: 'Mug', temperatureClass: TemperatureClass.AMBIENT, control: ItemControl.BATCH, catchWeight: false, gtin: '' };
    for (const part of partsOf(codes)) await scene.merchant.items.batchCreateItems({ items: part.map((code) => ({ ...item, code })) });
    const notice = await scene.announceGoods(centre, codes.map((itemCode, i) => ({ itemCode, batch: `B${i}` })));
    const { appointmentId } = await scene.truckWithNotices(centre, [notice]);
    const receiptIds: string[] = [];
    for (const lines of partsOf(notice.lines.map(({ line }) => scene.counted(line)))) {
      const { outcomes } = await scene.operator.notices.receiveNotice({ appointmentId, noticeId: notice.noticeId, lines });
      expect(outcomes.filter(({ code }) => code !== '')).toEqual([]);
      receiptIds.push(...outcomes.map(({ receiptId }) => receiptId));
    }
    for (const part of partsOf(receiptIds)) {
      const { outcomes } = await scene.operator.receipts.batchPutAway({ receiptIds: part });
      expect(outcomes.filter(({ code }) => code !== '')).toEqual([]);
    }
    const locations = [...(await scene.locations(centre)).values()];
    expect(locations.find(({ code }) => code === 'C1-D1')!.occupiedGrams).toBe(0n);
    expect(locations.reduce((sum, { occupiedGrams }) => sum + occupiedGrams, 0n)).toBe(BigInt(ITEMS) * 1000n);
    const codesOf = await scene.database.query<{ codes: string }>('select count(distinct code) as codes from warehousing.receipts');
    expect(codesOf).toEqual([{ codes: String(ITEMS) }]);
  }, 60_000);
});
