import { type Party, type TestSystem, key } from './test-system.js';

/** Every role of an ordinary organization. */
export const ALL_ROLES = ['market-operator', 'consignor', 'bidder', 'carrier', 'centre-operator', 'organization-admin'];

export const RULES = {
  currency: 'KRW',
  bidUnit: '10',
  increments: [
    { fromAmount: '0', increment: '100' },
    { fromAmount: '10000', increment: '500' },
    { fromAmount: '100000', increment: '1000' },
  ],
  lotOpenMs: '60000',
  softCloseWindowMs: '10000',
  softCloseExtensionMs: '10000',
  hardEndMs: '120000',
  commissionCaps: [{ category: 'CATEGORY_FRUIT_AND_VEGETABLE', perMille: 70 }],
  source: 'illustrative',
};

export const GOODS = {
  itemCode: '411',
  item: '사과',
  variety: '후지(10kg)',
  grade: '상품',
  origin: '청송',
  category: 'CATEGORY_FRUIT_AND_VEGETABLE',
  tradeUnit: { label: '10kg', base: 'BASE_UNIT_GRAM', size: '10000' },
};

export interface Hall {
  readonly marketId: string;
  readonly centreId: string;
  readonly doorId: string;
  readonly locationIds: Readonly<Record<string, string>>;
  readonly itemId: string;
  readonly itemCode: string;
}

interface Location {
  readonly locationId: string;
  readonly code: string;
}

/** A market and a centre that `operator` runs, with a door, a chilled and an ambient zone. */
export async function openHall(operator: Party, rules: Record<string, unknown> = {}): Promise<Hall> {
  const code = `H${Math.random().toString(36).slice(2, 8).toUpperCase()}`;
  const { marketId } = await operator.api.post<{ marketId: string }>('/v1/markets', { code, name: '나루 시장', timeZone: 'Asia/Seoul', rules: { ...RULES, ...rules } }, key());
  const zones = [
    { code: 'A', temperatureClass: 'TEMPERATURE_CLASS_AMBIENT', locations: [{ code: 'D-01', kind: 'LOCATION_KIND_DOCK_DOOR', capacityGrams: '100000000' }, { code: 'A-01', kind: 'LOCATION_KIND_RACK', capacityGrams: '1000000' }, { code: 'P-01', kind: 'LOCATION_KIND_PACKING_STATION', capacityGrams: '1000000' }] },
    { code: 'C', temperatureClass: 'TEMPERATURE_CLASS_CHILLED', locations: [{ code: 'C-01', kind: 'LOCATION_KIND_RACK', capacityGrams: '1000000' }, { code: 'C-02', kind: 'LOCATION_KIND_RACK', capacityGrams: '50000' }] },
  ];
  const centre = { code: `C${code}`, name: '나루 센터', timeZone: 'Asia/Seoul', capabilities: ['CAPABILITY_AGRICULTURAL', 'CAPABILITY_COLD'], zones };
  const { centreId } = await operator.api.post<{ centreId: string }>('/v1/centres', centre, key());
  const { locations } = await operator.api.get<{ locations: Location[] }>(`/v1/centres/${centreId}/locations`);
  const locationIds = Object.fromEntries(locations.map((l) => [l.code, l.locationId]));
  const item = { code: `${code}-411`, name: '사과', temperatureClass: 'TEMPERATURE_CLASS_CHILLED', control: 'ITEM_CONTROL_NONE', catchWeight: true, gtin: '' };
  const { itemId } = await operator.api.post<{ itemId: string }>('/v1/items', { item }, key());
  return { marketId, centreId, doorId: locationIds['D-01']!, locationIds, itemId, itemCode: item.code };
}

export interface Consigned {
  readonly consignmentId: string;
  readonly lotId: string;
}

export async function consign(system: TestSystem, consignor: Party, hall: Hall, options: { quantity?: number; reserve?: number } = {}): Promise<Consigned> {
  const consignment = { marketId: hall.marketId, goods: GOODS, quantity: String(options.quantity ?? 10), reservePriceAmount: String(options.reserve ?? 0) };
  const consigned = await consignor.api.post<Consigned>('/v1/consignments', { consignment }, key());
  await system.settle();
  return consigned;
}

export interface Received extends Consigned {
  readonly appointmentId: string;
  readonly receiptId: string;
}

/** What the people at the door write down of goods that came as announced. */
export function soundLine(hall: Hall, { consignmentId }: Consigned): Record<string, unknown> {
  return { consignmentId, itemId: hall.itemId, counted: '10', weighedGrams: '100000', scaleTicket: 'T-1', temperatureTenths: 40, condition: 'CONDITION_SOUND' };
}

/** Books a truck with these consignments and lets it come to the door. */
export function callTruck(operator: Party, hall: Hall, consignmentIds: readonly string[]): Promise<string> {
  return bookTruck(operator, hall, consignmentIds, []);
}

/** Books a truck with these consignments and notices and lets it come to the door. */
export async function bookTruck(operator: Pick<Party, 'api'>, hall: Hall, consignmentIds: readonly string[], noticeIds: readonly string[]): Promise<string> {
  const booking = { centreId: hall.centreId, vehicleRegistration: '12가3456', windowStartsAt: '2022-06-22T17:00:00Z', windowEndsAt: '2100-01-01T00:00:00Z', consignmentIds, noticeIds };
  const { appointmentId } = await operator.api.post<{ appointmentId: string }>('/v1/appointments', booking, key());
  await operator.api.post(`/v1/appointments/${appointmentId}:gateIn`, {}, key());
  await operator.api.post(`/v1/appointments/${appointmentId}:callToDoor`, { doorLocationId: hall.doorId }, key());
  return appointmentId;
}

/** Brings a consignment to the door and receives it, as announced but for `line`. */
export async function receive(system: TestSystem, operator: Party, hall: Hall, consigned: Consigned, line: Record<string, unknown> = {}): Promise<Received> {
  const appointmentId = await callTruck(operator, hall, [consigned.consignmentId]);
  const { receiptId } = await operator.api.post<{ receiptId: string }>(`/v1/appointments/${appointmentId}/receipts`, { ...soundLine(hall, consigned), ...line }, key());
  await operator.api.post(`/v1/appointments/${appointmentId}:finishUnloading`, {}, key());
  await system.settle();
  return { ...consigned, appointmentId, receiptId };
}

/** Lists received lots in a session of their own. */
export async function list(operator: Party, hall: Hall, lotIds: readonly string[], startPrice = 1000): Promise<{ sessionId: string }> {
  const { sessionId } = await operator.api.post<{ sessionId: string }>(`/v1/markets/${hall.marketId}/sessions`, { name: '청과 1회차', businessDay: '2022-06-23' }, key());
  for (const lotId of lotIds) await operator.api.post(`/v1/lots/${lotId}:list`, { sessionId, startPriceAmount: String(startPrice) }, key());
  return { sessionId };
}

/** Consigns, receives and lists a lot in a session of its own and starts it: the lot is open. */
export async function openLot(system: TestSystem, operator: Party, hall: Hall, options: { consignor?: Party; quantity?: number; reserve?: number } = {}): Promise<Received & { readonly sessionId: string }> {
  const consigned = await consign(system, options.consignor ?? operator, hall, options);
  const received = await receive(system, operator, hall, consigned, { counted: String(options.quantity ?? 10) });
  const { sessionId } = await list(operator, hall, [received.lotId]);
  await operator.api.post(`/v1/sessions/${sessionId}:start`, {}, key());
  return { ...received, sessionId };
}

export async function admit(operator: Party, hall: Hall, bidder: Party, terms: Record<string, unknown> = {}): Promise<void> {
  const usual = { organizationId: bidder.organizationId, categories: ['CATEGORY_FRUIT_AND_VEGETABLE'], licensedUntil: '2030-01-01T00:00:00Z', depositAmount: '1000000', creditAmount: '0' };
  await operator.api.post(`/v1/markets/${hall.marketId}/bidders`, { ...usual, ...terms }, key());
}

export const limit = (amount: number): { limit: { currency: string; amount: string } } => ({ limit: { currency: 'KRW', amount: String(amount) } });
