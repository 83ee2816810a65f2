import { Injectable } from '@nestjs/common';
import { eventsOf, Refused, refused } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import type { CentreRow } from '../centre/centre.store.js';
import { OwnershipStore } from '../ownership/ownership.store.js';
import { Displacing } from '../reservation/displacing.shell.js';
import { ReservationStore } from '../reservation/reservation.store.js';
import { changedFact, type Told } from './holding.events.js';
import { type BatchInCentre, holdStock, releaseStock, type StockChanged, type StockLost, writeOffStock } from './holding.js';
import { type BatchThere, HoldingStore, type WriteOffRow, type WriteOffSource } from './holding.store.js';
import type { Quantity } from './ledger.js';
import { sumOf } from './slices.js';
import { type Movement, StockStore } from './stock.store.js';

/** A batch in a centre of the caller's. */
export type Question = Omit<BatchThere, 'centreId'> & { readonly centre: CentreRow; readonly reason: string };

const thereOf = ({ ownerId, itemId, batch, centre }: Question): BatchThere => ({ ownerId, itemId, batch, centreId: centre.centreId });

/** Holds, releases and writes off. Locks: the keys of the goods, locations, balances by key, what the centre can promise, what is promised of it. */
@Injectable()
export class Holding {
  constructor(
    private readonly stock: StockStore,
    private readonly holdings: HoldingStore,
    private readonly sales: OwnershipStore,
    private readonly reservations: ReservationStore,
    private readonly displacing: Displacing,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
  ) {}

  /**
   * Holds what is free at once and tells of it, takes back what was promised of the batch, which says why by that event, and holds that too. What stands
   * packed for orders stays available.
   */
  async hold(tx: Transaction, question: Question): Promise<Quantity & { readonly holdId: string; readonly leftAvailable: bigint }> {
    const there = thereOf(question);
    await this.reservations.lockKeys(tx, [there]);
    const before = await this.#batch(tx, there);
    const free = holdStock(before);
    const promised = [...before.promised].filter(([, { reserved }]) => reserved > 0n).map(([unit, { reserved }]) => ({ unit, reserved }));
    if (!free.accepted && promised.length === 0) throw new Refused(free.refusal);
    const holdId = this.ids.next();
    const first = free.accepted ? free.events : [nothingHeld(promised[0]!.unit)];
    const [eventId] = await this.#post(tx, first, 'hold', holdId, question);
    for (const { unit, reserved } of promised) await this.#displace(tx, { ...there, unit }, reserved, question.reason, [eventId!]);
    const after = promised.length === 0 ? undefined : holdStock(await this.#batch(tx, there));
    if (!free.accepted && after?.accepted === false) throw new Refused(after.refusal);
    const then = after?.accepted ? after.events : [];
    if (then.length > 0) await this.#post(tx, then, 'hold', holdId, question);
    this.holdings.hold(tx, holdId, there, question.reason, eventId!, this.time.now());
    const left = [...(await this.holdings.lockPromised(tx, there)).values()].reduce((sum, { onHand }) => sum + onHand, 0n);
    return { ...sumOf([...first, ...then]), holdId, leftAvailable: left };
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
    await this.reservations.lockKeys(tx, [there]);
    const locked = await this.holdings.lockLocations(tx, there);
    const batch = await this.#batch(tx, there);
    const [change] = eventsOf(writeOffStock(batch, count, unit)) as [StockLost];
    const lost = new Map<string, bigint>();
    for (const { place, grams } of change.lines)
      if (place.account === 'location') lost.set(place.locationId, (lost.get(place.locationId) ?? 0n) - grams);
    if ([...lost.keys()].some((locationId) => !locked.has(locationId))) refused('ABORTED'); // moved between the two looks
    const writeOffId = this.ids.next();
    const [eventId] = await this.#tell(tx, [change], writeOffId, question);
    if (change.overPromised > 0n) {
      await this.#displace(tx, { ...there, unit: change.unit }, change.overPromised, question.reason, [eventId!]);
      const promised = (await this.holdings.lockPromised(tx, there)).get(change.unit)!;
      const available = sumOf(change.lines.filter(({ place, count: moved }) => place.status === 'available' && moved < 0n)).count;
      if (promised.onHand + available < promised.reserved) refused('STOCK_RESERVED', { ...promised }, batch.why);
    }
    this.holdings.lighten(tx, lost);
    await this.#move(tx, [change], 'write_off', writeOffId, question);
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

  async #displace(tx: Transaction, { centreId, ...goods }: BatchThere & { readonly unit: string }, count: bigint, reason: string, why: readonly string[]): Promise<void> {
    await this.displacing.displace(tx, { goods, centreId }, count, { reason, why }, this.time.now());
  }

  /** Posts the changes as one movement and tells of each; gives the ids of the events. */
  async #post(tx: Transaction, changes: readonly StockChanged[], cause: Movement['cause'], id: string, question: Question): Promise<readonly string[]> {
    await this.#move(tx, changes, cause, id, question);
    return this.#tell(tx, changes, id, question);
  }

  async #move(tx: Transaction, changes: readonly StockChanged[], cause: Movement['cause'], id: string, question: Question): Promise<void> {
    const lines = changes.flatMap((change) => change.lines);
    if (lines.length > 0) await this.stock.post(tx, { centreId: question.centre.centreId, cause, causeId: id, movedAt: this.time.now(), lines });
  }

  #tell(tx: Transaction, changes: readonly StockChanged[], id: string, question: Question): Promise<readonly string[]> {
    const told: Told = { there: thereOf(question), centreCode: question.centre.code, reason: question.reason, id };
    return this.outbox.publish(
      tx,
      changes.map((change) => changedFact(change, told, this.time.now())),
    );
  }
}

/** The question alone: everything is promised, and is held as soon as it is given back. */
function nothingHeld(unit: string): StockChanged {
  return { type: 'StockHeld', unit, count: 0n, grams: 0n, lines: [], status: 'held_quality' };
}
