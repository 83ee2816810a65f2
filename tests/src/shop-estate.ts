import { type Hall, bookTruck } from './market-hall.js';
import { type Party, key } from './test-system.js';

/** What a party has that runs a fulfilment network and sells from it: at least two of everything. */
export interface ShopEstate {
  readonly networkId: string;
  readonly orderId: string;
  readonly orderCode: string;
  /** A hold of its own. */
  readonly reservationId: string;
  readonly cancellationId: string;
  readonly waveId: string;
  readonly taskId: string;
  readonly unitId: string;
  /** The receipt that its parcels came from. */
  readonly receiptId: string;
  readonly itemId: string;
}

interface Task {
  readonly taskId: string;
  readonly count: string;
}

const LINE = { unit: '1 pieces', unitPriceAmount: '100', currency: 'GBP' };

/** Two networks over the hall's centre, goods by road, two orders in a wave, picked and packed. */
export async function newShop(party: Party, hall: Hall): Promise<ShopEstate> {
  const { api } = party;
  const code = Math.random().toString(36).slice(2, 8).toUpperCase();
  const networks: string[] = [];
  for (const name of ['N1', 'N2']) {
    const { networkId } = await api.post<{ networkId: string }>('/v1/networks', { code: `${name}-${code}`, name, centreIds: [hall.centreId], holdMs: '600000' }, key());
    await api.post(`/v1/networks/${networkId}/merchants`, { organizationId: party.organizationId }, key());
    networks.push(networkId);
  }
  const [networkId] = networks as [string];
  const size = { innerLengthMm: 300, innerWidthMm: 200, innerHeightMm: 200, tareGrams: '100', maxGrams: '10000', temperatureClasses: ['TEMPERATURE_CLASS_AMBIENT'] };
  await api.post('/v1/box-types:batchCreate', { boxTypes: ['S', 'M'].map((box) => ({ code: `${box}-${code}`, ...size })) }, key());
  const item = { code: `MUG-${code}`, name: 'Mug', temperatureClass: 'TEMPERATURE_CLASS_AMBIENT', control: 'ITEM_CONTROL_BATCH', catchWeight: false, gtin: '', lengthMm: 100, widthMm: 80, heightMm: 90, unitGrams: '300' };
  const { itemId } = await api.post<{ itemId: string }>('/v1/items', { item }, key());
  const receiptId = await bring(party, hall, item.code);

  const orders: { readonly orderId: string; readonly code: string }[] = [];
  for (const merchantReference of ['ORDER-1', 'ORDER-2']) {
    const order = { merchantReference, customerReference: 'C-1', country: 'Korea', lines: [{ line: 1, itemCode: item.code, count: '2', ...LINE }] };
    orders.push(await api.post(`/v1/networks/${networkId}/orders`, order, key()));
  }
  const { reservations } = await api.post<{ reservations: { reservationId: string }[] }>(`/v1/networks/${networkId}/reservations`, { itemId, count: '1' }, key());
  const cancellations: string[] = [];
  for (const merchantReference of ['CANCEL-1', 'CANCEL-2']) {
    const lines = [{ line: 1, itemCode: item.code, count: '1' }];
    const made = await api.post<{ cancellationId: string }>(`/v1/networks/${networkId}/order-cancellations`, { merchantReference, customerReference: 'nobody', lines }, key());
    cancellations.push(made.cancellationId);
  }
  const { waveId } = await api.post<{ waveId: string }>(`/v1/centres/${hall.centreId}/waves`, { orderIds: [] }, key());
  const { tasks } = await api.get<{ tasks: Task[] }>(`/v1/waves/${waveId}/pick-tasks?pageSize=500`);
  await api.post(`/v1/waves/${waveId}/pick-tasks:batchComplete`, { tasks: tasks.map(({ taskId, count }) => ({ taskId, picked: count, reason: '' })) }, key());
  await api.post(`/v1/centres/${hall.centreId}/parcels:batchPack`, { orderIds: orders.map(({ orderId }) => orderId) }, key());
  const { parcels } = await api.get<{ parcels: { unitId: string }[] }>('/v1/parcels?pageSize=500');
  return {
    networkId, orderId: orders[0]!.orderId, orderCode: orders[0]!.code, reservationId: reservations[0]!.reservationId, cancellationId: cancellations[0]!, waveId,
    taskId: tasks[0]!.taskId, unitId: parcels[0]!.unitId, receiptId, itemId,
  };
}

/** Twenty pieces come by road and are put away; gives their receipt. */
async function bring({ api }: Party, hall: Hall, itemCode: string): Promise<string> {
  const announced = { merchantReference: `PO-${itemCode}`, lines: [{ line: 1, itemCode, unit: '1 pieces', count: '20' }] };
  const { noticeId } = await api.post<{ noticeId: string }>(`/v1/centres/${hall.centreId}/advance-notices`, announced, key());
  const appointmentId = await bookTruck({ api }, hall, [], [noticeId]);
  const lines = [{ line: 1, counted: '20', weighedGrams: '6000', scaleTicket: 'T-9', condition: 'CONDITION_SOUND' }];
  const { outcomes } = await api.post<{ outcomes: { receiptId: string }[] }>(`/v1/appointments/${appointmentId}/notices/${noticeId}:receive`, { lines }, key());
  const [{ receiptId }] = outcomes as [{ receiptId: string }];
  await api.post(`/v1/appointments/${appointmentId}:finishUnloading`, {}, key());
  await api.post('/v1/receipts:batchPutAway', { receiptIds: [receiptId] }, key());
  return receiptId;
}
