import { Injectable } from '@nestjs/common';
import type { Refusal } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { nextCodes } from '../code-counter.js';
import { FloorStore, goodsAtKey, type OutwardOrder } from '../outward/floor.store.js';
import { BoxTypeStore } from '../packing/box-type.store.js';
import type { Viewer } from '../queries.js';
import { lockAvailable } from '../wave/available.store.js';
import { WaveStore } from '../wave/wave.store.js';
import { type LeftOut, packOrder, type ParcelPlanned, type PickedGoods } from './pack.js';
import { packedFact } from './parcel.events.js';
import { type ContentRow, type ParcelRow, ParcelStore, type PickedRow } from './parcel.store.js';
import { DEMONSTRATION_PREFIX, sscc } from './sscc.js';

export type PackOutcome = { readonly orderId: string } & (
  | { readonly parcels: readonly ParcelRow[]; readonly leftOut: readonly LeftOut[] }
  | { readonly refusal: Refusal }
);

interface PlannedParcel {
  readonly order: OutwardOrder;
  readonly plan: ParcelPlanned;
}

function toPickedGoods(row: PickedRow, there: bigint): PickedGoods {
  const { lengthMm, widthMm, heightMm } = row;
  return {
    ...row,
    batch: row.goods.batch,
    picked: { count: row.count, grams: row.grams },
    there,
    size: lengthMm === null || widthMm === null || heightMm === null ? undefined : [lengthMm, widthMm, heightMm],
    unitGrams: row.unitGrams ?? 0n,
    expiresOn: row.expiresOn ?? undefined,
    tradeUnit: row.goods.unit !== '1 pieces',
  };
}

/**
 * Packs what has been picked. The goods stay where they lie: a parcel stands at the packing station. Locks: the orders, the station's balances, the
 * reservations, the lines, the counters of codes and of serials.
 */
@Injectable()
export class Packing {
  readonly #crashAt: string | undefined;

  constructor(
    private readonly floor: FloorStore,
    private readonly waves: WaveStore,
    private readonly boxTypes: BoxTypeStore,
    private readonly parcels: ParcelStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    context: ServiceContext,
  ) {
    this.#crashAt = context.config.crashAt;
  }

  async pack(tx: Transaction, viewer: Viewer, centreId: string, orderIds: readonly string[]): Promise<readonly PackOutcome[]> {
    const now = this.time.now();
    const centre = await this.floor.centre(tx, viewer, centreId);
    const station = await this.floor.station(tx, centreId);
    const today = businessDayOf(now, centre.timeZone);
    const known = await this.waves.ordersOf(tx, centreId, orderIds);
    const orders = new Map((await this.floor.lockOrders(tx, [...known])).map((order) => [order.orderId, order]));
    const types = await this.boxTypes.all(tx, centre.operatorId);
    const unlocked = await this.parcels.picked(tx, centreId, [...known], '');
    const free = await this.#freeAtStation(tx, centreId, station, unlocked);
    const picked = Map.groupBy(await this.parcels.picked(tx, centreId, [...known], 'for no key update of r'), ({ orderId }) => orderId);

    const planned: PlannedParcel[] = [];
    const decisions = orderIds.map((orderId): { orderId: string; refusal?: Refusal; leftOut: readonly LeftOut[] } => {
      const order = orders.get(orderId);
      if (!order) return { orderId, leftOut: [], refusal: { code: 'NOT_FOUND', details: {}, why: [] } };
      const rows = picked.get(orderId) ?? [];
      if (rows.length === 0) return { orderId, leftOut: [], refusal: { code: 'NOTHING_TO_PACK', details: {}, why: [] } };
      const taken = new Map<string, bigint>();
      const goods = rows.map((row) => {
        const key = goodsAtKey({ goods: row.goods, locationId: station });
        const left = (free.get(key) ?? 0n) - (taken.get(key) ?? 0n);
        const there = left < 0n ? 0n : left < row.count ? left : row.count;
        taken.set(key, (taken.get(key) ?? 0n) + there);
        return toPickedGoods(row, there);
      });
      const decision = packOrder(goods, types, today, order.minRemainingLifeDays);
      if (!decision.accepted) return { orderId, leftOut: [], refusal: decision.refusal };
      const leftOut = decision.events.filter((event) => event.type === 'LeftOut');
      const plans = decision.events.filter((event) => event.type === 'ParcelPlanned');
      if (plans.length === 0) return { orderId, leftOut, refusal: leftOut[0]!.refusal };
      planned.push(...plans.map((plan) => ({ order, plan })));
      const rowOf = new Map(rows.map((row) => [row.reservationId, row]));
      for (const { reservationId, count } of plans.flatMap(({ contents }) => contents)) {
        const key = goodsAtKey({ goods: rowOf.get(reservationId)!.goods, locationId: station });
        free.set(key, (free.get(key) ?? 0n) - count);
      }
      return { orderId, leftOut };
    });

    const written = await this.#write(tx, centre, station, planned, new Map([...picked.values()].flat().map((row) => [row.reservationId, row])));
    const byOrder = Map.groupBy(written, ({ orderId }) => orderId);
    return decisions.map(({ orderId, refusal, leftOut }): PackOutcome => (refusal ? { orderId, refusal } : { orderId, parcels: byOrder.get(orderId) ?? [], leftOut }));
  }

  /** What lies available at the station of the goods and stands in no parcel: held goods are not among it (rule W7). */
  async #freeAtStation(tx: Transaction, centreId: string, station: string, rows: readonly PickedRow[]): Promise<Map<string, bigint>> {
    const places = rows.map(({ goods }) => ({ goods, locationId: station }));
    const available = await lockAvailable(tx, centreId, places);
    const free = new Map([...available].map(([key, { count }]) => [key, count]));
    for (const { goods, count } of await this.parcels.packedAt(tx, station)) {
      const key = goodsAtKey({ goods, locationId: station });
      free.set(key, (free.get(key) ?? 0n) - count);
    }
    return free;
  }

  async #write(
    tx: Transaction,
    centre: Awaited<ReturnType<FloorStore['centre']>>,
    station: string,
    planned: readonly PlannedParcel[],
    rows: ReadonlyMap<string, PickedRow>,
  ): Promise<readonly ParcelRow[]> {
    if (planned.length === 0) return [];
    const now = this.time.now();
    const unitIds = planned.map(() => this.ids.next());
    const contents = planned.map(({ plan }, i) =>
      plan.contents.map(({ reservationId, count, grams }): ContentRow => {
        const { orderId, line, goods } = rows.get(reservationId)!;
        return { unitId: unitIds[i]!, reservationId, orderId, line, goods, count, grams };
      }),
    );
    this.parcels.count(tx, 'packed', contents.flat());
    await this.floor.advance(tx, [...new Set(planned.map(({ order }) => order.orderId))]);
    const codes = await nextCodes(tx, 'PCL', businessDayOf(now, centre.timeZone), planned.length);
    const serial = await this.parcels.nextSerials(tx, DEMONSTRATION_PREFIX, planned.length);
    const units = planned.map(
      ({ order, plan }, i): ParcelRow => ({
        unitId: unitIds[i]!,
        sscc: sscc(0, DEMONSTRATION_PREFIX, serial + BigInt(i)),
        code: codes[i]!,
        centreId: centre.centreId,
        locationId: station,
        orderId: order.orderId,
        orderCode: order.code,
        boxTypeId: plan.boxTypeId ?? null,
        temperatureClass: plan.temperatureClass,
        grossGrams: plan.grossGrams,
        phase: 'packed',
        packedAt: now,
        stagedAt: null,
      }),
    );
    this.parcels.add(tx, units, contents.flat());
    crashPoint('pack.units-written', this.#crashAt);
    await this.outbox.publish(
      tx,
      units.map((unit, i) => packedFact(unit, contents[i]!, planned[i]!.order, centre)),
    );
    return units;
  }
}
