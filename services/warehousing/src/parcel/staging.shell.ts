import { Injectable } from '@nestjs/common';
import { refused, type Refusal } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { FloorStore, goodsAtKey } from '../outward/floor.store.js';
import type { Viewer } from '../queries.js';
import { type Quantity, type StockPlace, transfer } from '../stock/ledger.js';
import { StockStore } from '../stock/stock.store.js';
import { lockAvailable } from '../wave/available.store.js';
import { orderStagedFact, stagedFact } from './parcel.events.js';
import { type ContentRow, type ParcelRow, ParcelStore } from './parcel.store.js';
import { stageParcel } from './stage.js';

export interface StageOutcome {
  readonly unitId: string;
  readonly refusal: Refusal | undefined;
}

/** Moves parcels to a door. Locks: the orders, the parcels, locations, balances, the lines. */
@Injectable()
export class Staging {
  readonly #crashAt: string | undefined;

  constructor(
    private readonly floor: FloorStore,
    private readonly parcels: ParcelStore,
    private readonly stock: StockStore,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    context: ServiceContext,
  ) {
    this.#crashAt = context.config.crashAt;
  }

  async stage(
    tx: Transaction,
    viewer: Viewer,
    centreId: string,
    unitIds: readonly string[],
    doorLocationId: string,
  ): Promise<{ readonly outcomes: readonly StageOutcome[]; readonly stagedOrderIds: readonly string[] }> {
    const now = this.time.now();
    await this.floor.centre(tx, viewer, centreId);
    const door = (await this.floor.door(tx, centreId, doorLocationId)) ?? refused('NOT_A_DOOR');
    const orders = await this.floor.lockOrders(tx, await this.parcels.ordersOf(tx, centreId, unitIds));
    const units = new Map((await this.parcels.lock(tx, centreId, unitIds)).map((unit) => [unit.unitId, unit]));
    const packed = [...units.values()].filter(({ phase }) => phase === 'packed');
    const contents = Map.groupBy(await this.parcels.contentsOf(tx, packed.map(({ unitId }) => unitId)), ({ unitId }) => unitId);
    const placed = packed.flatMap((unit) => (contents.get(unit.unitId) ?? []).map(({ goods }) => ({ goods, locationId: unit.locationId })));
    await this.floor.lockLocations(tx, [...packed.map(({ locationId }) => locationId), doorLocationId]);
    const there = await lockAvailable(tx, centreId, placed);

    const staged: { readonly unit: ParcelRow; readonly contents: readonly ContentRow[]; readonly quantities: readonly Quantity[] }[] = [];
    const outcomes = unitIds.map((unitId): StageOutcome => {
      const unit = units.get(unitId);
      if (!unit) return { unitId, refusal: { code: 'NOT_FOUND', details: {}, why: [] } };
      const inside = contents.get(unitId) ?? [];
      const named = inside.map(({ goods, count, grams }) => ({ key: goodsAtKey({ goods, locationId: unit.locationId }), count, grams }));
      const decision = stageParcel(unit.phase, named, there);
      if (!decision.accepted) return { unitId, refusal: decision.refusal };
      const { quantities } = decision.events[0]!;
      named.forEach(({ key }, i) => {
        const before = there.get(key)!;
        there.set(key, { count: before.count - quantities[i]!.count, grams: before.grams - quantities[i]!.grams });
      });
      staged.push({ unit, contents: inside, quantities });
      return { unitId, refusal: undefined };
    });
    if (staged.length === 0) return { outcomes, stagedOrderIds: [] };

    const at = (locationId: string): StockPlace => ({ account: 'location', centreId, locationId, status: 'available' });
    const movements = staged.map(({ unit, contents: inside, quantities }) => ({
      ...{ centreId, cause: 'stage' as const, causeId: unit.unitId, movedAt: now },
      lines: inside.flatMap(({ goods }, i) => transfer(goods, at(unit.locationId), at(doorLocationId), quantities[i]!)),
    }));
    await this.stock.postAll(tx, movements);
    const grams = new Map<string, bigint>();
    for (const { place, grams: change } of movements.flatMap(({ lines }) => lines))
      if (place.account === 'location') grams.set(place.locationId, (grams.get(place.locationId) ?? 0n) + change);
    this.floor.shift(tx, grams);
    this.parcels.stage(tx, staged.map(({ unit }) => unit.unitId), doorLocationId, now);
    this.parcels.count(tx, 'staged', staged.flatMap(({ contents: inside }) => inside));
    crashPoint('stage.moved', this.#crashAt);
    const changed = await this.floor.advance(tx, orders.map(({ orderId }) => orderId));
    const stagedOrderIds = changed.flatMap(({ orderId, phase }) => (phase === 'staged' ? [orderId] : []));
    const unitsOf = Map.groupBy(await this.parcels.ofOrders(tx, stagedOrderIds), ({ orderId }) => orderId);
    await this.outbox.publish(tx, [
      ...staged.map(({ unit }) => stagedFact(unit, door, now)),
      ...orders
        .filter(({ orderId }) => stagedOrderIds.includes(orderId))
        .map((order) => orderStagedFact(order, (unitsOf.get(order.orderId) ?? []).map(({ unitId }) => unitId), now)),
    ]);
    return { outcomes, stagedOrderIds };
  }
}
