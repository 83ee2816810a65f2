import { Injectable } from '@nestjs/common';
import { eventsOf, refused } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import type { CentreRow } from '../centre/centre.store.js';
import { OwnershipStore } from '../ownership/ownership.store.js';
import { changedFact, type Told } from './holding.events.js';
import { type BatchInCentre, holdStock, releaseStock, type StockChanged, writeOffStock } from './holding.js';
import { type BatchThere, HoldingStore, type WriteOffRow, type WriteOffSource } from './holding.store.js';
import type { Quantity } from './ledger.js';
import { sumOf } from './slices.js';
import { type Movement, StockStore } from './stock.store.js';

/** A batch in a centre of the caller's. */
export type Question = Omit<BatchThere, 'centreId'> & { readonly centre: CentreRow; readonly reason: string };

const thereOf = ({ ownerId, itemId, batch, centre }: Question): BatchThere => ({ ownerId, itemId, batch, centreId: centre.centreId });

/** Holds, releases and writes off. Locks: locations, balances by key, what the centre can promise. */
@Injectable()
export class Holding {
  constructor(
    private readonly stock: StockStore,
    private readonly holdings: HoldingStore,
    private readonly sales: OwnershipStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
  ) {}

  async hold(tx: Transaction, question: Question): Promise<Quantity & { readonly holdId: string; readonly leftAvailable: bigint }> {
    const there = thereOf(question);
    const batch = await this.#batch(tx, there);
    const changes = eventsOf(holdStock(batch));
    const holdId = this.ids.next();
    const [eventId] = await this.#post(tx, changes, 'hold', holdId, question);
    this.holdings.hold(tx, holdId, there, question.reason, eventId!, this.time.now());
    const available = sumOf(batch.lying.filter(({ place }) => place.status === 'available')).count;
    const taken = sumOf(changes.flatMap(({ lines }) => lines.filter(({ place }) => place.status === 'available'))).count;
    return { ...sumOf(changes), holdId, leftAvailable: available + taken };
  }

  async release(tx: Transaction, question: Question): Promise<Quantity & { readonly unpaidCount: bigint }> {
    const there = thereOf(question);
    const changes = eventsOf(releaseStock(await this.#batch(tx, there)));
    const holdId = await this.holdings.release(tx, there, this.time.now());
    await this.#post(tx, changes, 'release', holdId ?? this.ids.next(), question);
    return { ...sumOf(changes), unpaidCount: sumOf(changes.filter(({ status }) => status === 'held_unpaid')).count };
  }

  /** Writes off once per row that says so. */
  async writeOff(
    tx: Transaction,
    question: Question,
    count: bigint,
    unit: string,
    source: WriteOffSource | undefined,
  ): Promise<WriteOffRow & { readonly created: boolean }> {
    const there = thereOf(question);
    const earlier = source && (await this.holdings.writtenOffBy(tx, there.ownerId, source));
    if (earlier) return { ...earlier, created: false };
    const locked = await this.holdings.lockLocations(tx, there);
    const batch = await this.#batch(tx, there);
    const [change] = eventsOf(writeOffStock(batch, count, unit)) as [StockChanged];
    const lost = new Map<string, bigint>();
    for (const { place, grams } of change.lines)
      if (place.account === 'location') lost.set(place.locationId, (lost.get(place.locationId) ?? 0n) - grams);
    if ([...lost.keys()].some((locationId) => !locked.has(locationId))) refused('ABORTED'); // moved between the two looks
    this.holdings.lighten(tx, lost);
    const writeOffId = this.ids.next();
    const [eventId] = await this.#post(tx, [change], 'write_off', writeOffId, question);
    const row = { writeOffId, unit: change.unit, count: change.count, grams: change.grams };
    this.holdings.writeOff(tx, row, there, question.reason, source, eventId!, this.time.now());
    return { ...row, created: true };
  }

  /** The batch as it lies in the centre, its balances and promises locked. */
  async #batch(tx: Transaction, there: BatchThere): Promise<BatchInCentre> {
    const lying = await this.stock.lockBatch(tx, there, there.centreId);
    const promised = await this.holdings.lockPromised(tx, there);
    const kinds = await this.holdings.kinds(
      tx,
      lying.flatMap(({ place }) => (place.account === 'location' ? [place.locationId] : [])),
    );
    const unpaid = await this.sales.unpaid(tx, there, there.centreId);
    const why = await this.holdings.why(tx, there);
    return { lying, promised, unpaid, why, kindOf: (place) => (place.account === 'location' ? kinds.get(place.locationId) : undefined) };
  }

  /** Posts the changes as one movement and tells of each; gives the ids of the events. */
  async #post(tx: Transaction, changes: readonly StockChanged[], cause: Movement['cause'], id: string, question: Question): Promise<readonly string[]> {
    const now = this.time.now();
    const there = thereOf(question);
    await this.stock.post(tx, { centreId: there.centreId, cause, causeId: id, movedAt: now, lines: changes.flatMap(({ lines }) => lines) });
    const told: Told = { there, centreCode: question.centre.code, reason: question.reason, id };
    return this.outbox.publish(
      tx,
      changes.map((change) => changedFact(change, told, now)),
    );
  }
}
