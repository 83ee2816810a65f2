import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Capability, LocationKind, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { ItemControl, type NewItem } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { refusalOf } from '@naru/testing/refusals';
import { OPERATOR, OTHER_OPERATOR, Scene } from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
}, 60_000);
afterAll(() => scene.close());

function apple(code: string, other: Partial<NewItem> = {}): NewItem {
  return { code, name: 'Apples', temperatureClass: TemperatureClass.CHILLED, control: ItemControl.NONE, catchWeight: false, gtin: '', ...other };
}

describe('centres', () => {
  it('open with their zones, and show them', async () => {
    const centre = await scene.openCentre();
    expect(centre).toMatchObject({ operatorOrganizationId: OPERATOR, timeZone: 'Asia/Seoul', capabilities: [Capability.AGRICULTURAL, Capability.COLD] });
    const { centre: read } = await scene.carrier.centres.getCentre({ centreId: centre.centreId });
    expect({ ...read!, zones: read!.zones.toSorted((a, b) => a.code.localeCompare(b.code)) }).toEqual({
      ...centre,
      zones: centre.zones.toSorted((a, b) => a.code.localeCompare(b.code)),
    });
    expect((await scene.locations(centre)).get('C1-01-2')).toMatchObject({
      kind: LocationKind.RACK,
      temperatureClass: TemperatureClass.CHILLED,
      capacityGrams: 2_000_000n,
      occupiedGrams: 0n,
    });
  });

  it('have a code that nobody else has, a real time zone, and places told apart', async () => {
    const zones = [{ code: 'C1', temperatureClass: TemperatureClass.CHILLED, locations: [{ code: 'C1-1', kind: LocationKind.BIN, capacityGrams: 1n }] }];
    const request = { code: 'SEOUL-1', name: 'Seoul', timeZone: 'Asia/Seoul', capabilities: [Capability.INLAND], zones };
    await scene.operator.centres.createCentre(request);
    const other = await scene.as(OTHER_OPERATOR, 'centre-operator');
    expect(await refusalOf(other.centres.createCentre(request))).toBe('ALREADY_EXISTS');
    expect(await refusalOf(scene.operator.centres.createCentre({ ...request, code: 'SEOUL-2', timeZone: 'Asia/Nowhere' }))).toBe('TIME_ZONE_UNKNOWN');
    expect(await refusalOf(scene.operator.centres.createCentre({ ...request, code: 'SEOUL-2', zones: [...zones, ...zones] }))).toBe('CODE_REPEATED');
  });
});

describe('items', () => {
  it('are made once per operator and code', async () => {
    const { item } = await scene.operator.items.createItem({ item: apple('KR-411-05', { gtin: '9521234543213' }) });
    expect(await scene.operator.items.getItem({ itemId: item!.itemId })).toEqual({ item });
    expect(await refusalOf(scene.operator.items.createItem({ item: apple('KR-411-05') }))).toBe('ALREADY_EXISTS');
    const other = await scene.as(OTHER_OPERATOR, 'centre-operator');
    expect((await other.items.createItem({ item: apple('KR-411-05') })).item!.itemId).not.toBe(item!.itemId);
    expect(await refusalOf(scene.operator.items.createItem({ item: apple('KR-411-06', { gtin: '9521234543214' }) }))).toBe('CHECK_DIGIT');
  });

  it('come in batches with an outcome per row, and a second time change nothing', async () => {
    const items = [apple('B-1'), apple('B-2', { gtin: '12345678' }), apple('B-3'), apple('B-1', { name: 'Pears' })];
    const { outcomes } = await scene.operator.items.batchCreateItems({ items });
    expect(outcomes.map(({ created, code }) => [created, code])).toEqual([
      [true, ''],
      [false, 'CHECK_DIGIT'],
      [true, ''],
      [false, ''],
    ]);
    expect(outcomes[1]!.detail).toContain('12345678');
    expect(outcomes[3]!.itemId).toBe(outcomes[0]!.itemId);
    expect((await scene.operator.items.getItem({ itemId: outcomes[0]!.itemId })).item!.name).toBe('Apples');
    const again = await scene.operator.items.batchCreateItems({ items });
    expect(again.outcomes.map(({ itemId, created }) => [itemId, created])).toEqual(outcomes.map(({ itemId }) => [itemId, false]));
  });
});
