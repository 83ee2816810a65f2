import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Capability, LocationKind, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { ItemControl, type NewItem } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { refusalOf } from '@naru/testing/refusals';
import { MERCHANT, OPERATOR, OTHER_OPERATOR, type Party, Scene } from './scene.js';

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

  it('have one code in all its spellings; the second spelling is told the first', async () => {
    const { item } = await scene.operator.items.createItem({ item: apple('85123A') });
    expect(await refusalOf(scene.operator.items.createItem({ item: apple('85123a') }))).toBe('ITEM_SPELLING');
    const { outcomes } = await scene.operator.items.batchCreateItems({ items: [apple('85123a'), apple('15056BL'), apple('15056bl'), apple('85123A')] });
    expect(outcomes.map(({ itemId, created, code }) => [itemId !== '', created, code])).toEqual([
      [false, false, 'ITEM_SPELLING'],
      [true, true, ''],
      [false, false, 'ITEM_SPELLING'],
      [true, false, ''],
    ]);
    expect(outcomes[0]!.detail).toContain('85123A');
    expect(outcomes[3]!.itemId).toBe(item!.itemId);
    expect((await scene.merchant.items.createItem({ item: apple('85123a') })).item!.organizationId).toBe(MERCHANT); // another’s master data
  });

  it('carry their sizes, weight and shelf life, all sizes or none', async () => {
    const sized = apple('S-1', { lengthMm: 300, widthMm: 200, heightMm: 100, unitGrams: 450n, shelfLifeDays: 14 });
    const { item } = await scene.operator.items.createItem({ item: sized });
    expect(item).toMatchObject({ lengthMm: 300, widthMm: 200, heightMm: 100, unitGrams: 450n, shelfLifeDays: 14 });
    expect(await scene.operator.items.getItem({ itemId: item!.itemId })).toEqual({ item });
    expect(await refusalOf(scene.operator.items.createItem({ item: apple('S-2', { lengthMm: 300 }) }))).toContain('INVALID_ARGUMENT');
  });

  it('of a merchant’s own are its own: seen by itself, by no other merchant, and by no operator whom they do not concern', async () => {
    const { item } = await scene.merchant.items.createItem({ item: apple('OWN-1') });
    const { itemId } = item!;
    expect(await scene.merchant.items.getItem({ itemId })).toEqual({ item });
    const rival = await scene.as(randomUUID(), 'merchant');
    for (const party of [rival, scene.consignor, scene.operator]) expect(await refusalOf(party.items.getItem({ itemId }))).toBe('NOT_FOUND');
    const PAGE = { pageSize: 500, pageToken: '' };
    const listed = async (party: Party) => (await party.items.listItems(PAGE)).items.map(({ code }) => code);
    await scene.openCentre();
    expect(await listed(rival)).toContain('S-1');
    expect(await listed(rival)).not.toContain('OWN-1');
    expect(await listed(scene.operator)).not.toContain('OWN-1');
    expect(await listed(scene.merchant)).toEqual(expect.arrayContaining(['OWN-1', 'S-1']));
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
