import { Injectable } from '@nestjs/common';
import { type Decision, eventsOf, refuse, type Refusal, refused } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { type TemperatureTable, temperatureTableAt } from '../centre/temperature.js';
import type { Viewer } from '../queries.js';
import { balanceKey, type Lying, type StockPlace, transfer } from '../stock/ledger.js';
import { slices, sumOf, without } from '../stock/slices.js';
import { type Movement, StockStore } from '../stock/stock.store.js';
import { PlaceStore } from './place.store.js';
import { type GoodsPutAway, type Load, type Place, putAway, putAwayAll, putAwayTo, type Shelf } from './put-away.js';
import { putAwayFacts } from './receipt.events.js';
import { type LockedReceipt, type ReceiptRow, ReceiptStore } from './receipt.store.js';

/** A receipt with what lies at the door of it: its goods, whoever owns them now and whatever was done with them meanwhile. */
interface Pile {
  readonly receipt: LockedReceipt;
  readonly parts: readonly Lying[];
}

/** A pile and its place. */
export interface PutAway extends Pile {
  readonly place: Pick<Place, 'locationId' | 'code'>;
}

export type PutAwayOutcome = { readonly receiptId: string } & ({ readonly place: PutAway['place'] } | { readonly refusal: Refusal });

/** How often a load looks for another place when others have taken the one it chose. */
const MAX_CHOICES = 20;

/** The piles, one after the other: what lies of one and the same batch at one door is shared out in the order of receipts. */
function pilesOf(receipts: readonly LockedReceipt[], lying: ReadonlyMap<string, readonly Lying[]>): readonly Pile[] {
  const taken: Lying[] = [];
  return receipts.map((receipt) => {
    const parts = slices(without(lying.get(receipt.receiptId) ?? [], taken, balanceKey), receipt.counted, receipt.weighedGrams);
    taken.push(...parts);
    return { receipt, parts };
  });
}

function loadOf({ receipt, parts }: Pile): Load {
  const { phase, temperatureClass, itemId } = receipt;
  return { phase, temperatureClass, itemId, grams: sumOf(parts).grams };
}

/** Why a pile cannot be moved, whatever the places: nothing of it is there. */
function absence({ receipt, parts }: Pile): Refusal | undefined {
  if (receipt.phase !== 'at_door') return refuse('RECEIPT_NOT_AT_DOOR', { phase: receipt.phase }, receipt.eventId === null ? [] : [receipt.eventId]).refusal;
  return parts.length === 0 ? refuse('STOCK_NOT_THERE', { count: 0n, grams: 0n }, receipt.eventId === null ? [] : [receipt.eventId]).refusal : undefined;
}

/** Puts received goods away. Locks are taken in one order: receipts, storage locations, doors, balances by key. */
@Injectable()
export class PuttingAway {
  constructor(
    private readonly receipts: ReceiptStore,
    private readonly places: PlaceStore,
    private readonly stock: StockStore,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    private readonly context: ServiceContext,
  ) {}

  /** Moves the goods of a receipt to the location, or to the best one. */
  async putAway(tx: Transaction, viewer: Viewer, receiptId: string, locationId: string | undefined): Promise<ReceiptRow> {
    const now = this.time.now();
    const [pile] = await this.#piles(tx, viewer, [receiptId]);
    if (!pile) refused('NOT_FOUND');
    const absent = absence(pile);
    if (absent) refused(absent.code, absent.details, absent.why);
    const place = await this.#occupy(tx, pile, locationId, temperatureTableAt(now));
    await this.#move(tx, [{ ...pile, place }], now);
    return { ...pile.receipt, phase: 'put_away', locationId: place.locationId };
  }

  /** Moves the goods of many receipts to the best places, with an outcome for each, in their order. */
  async putAwayAll(tx: Transaction, viewer: Viewer, receiptIds: readonly string[]): Promise<readonly PutAwayOutcome[]> {
    const now = this.time.now();
    const outcomes = new Map<string, PutAwayOutcome>();
    const byCentre = Map.groupBy(await this.#piles(tx, viewer, receiptIds), (pile) => pile.receipt.centreId);
    const moved: PutAway[] = [];
    for (const [centreId, piles] of [...byCentre].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const present = piles.filter((pile) => {
        const refusal = absence(pile);
        if (refusal) outcomes.set(pile.receipt.receiptId, { receiptId: pile.receipt.receiptId, refusal });
        return !refusal;
      });
      const { shelves, decisions } = await this.#decide(tx, centreId, present, temperatureTableAt(now));
      for (const [i, { receipt, parts }] of present.entries()) {
        const { receiptId } = receipt;
        const decision = decisions[i]!;
        if (!decision.accepted) outcomes.set(receiptId, { receiptId, refusal: decision.refusal });
        else {
          const place = shelves.find((shelf) => shelf.locationId === decision.events[0]!.locationId)!;
          outcomes.set(receiptId, { receiptId, place });
          moved.push({ receipt, parts, place });
        }
      }
    }
    this.places.fill(tx, weights(moved, ({ place }) => place.locationId));
    await this.#move(tx, moved, now);
    crashPoint('notice.put-away', this.context.config.crashAt);
    return receiptIds.map((receiptId) => outcomes.get(receiptId) ?? { receiptId, refusal: refuse('NOT_FOUND').refusal });
  }

  /** Two statements, one journey: the second sees what the first has waited for. */
  async #piles(tx: Transaction, viewer: Viewer, receiptIds: readonly string[]): Promise<readonly Pile[]> {
    const [receipts, lying] = await Promise.all([this.receipts.lock(tx, viewer, receiptIds), this.stock.atDoor(tx, receiptIds)]);
    return pilesOf(receipts, lying);
  }

  async #decide(tx: Transaction, centreId: string, piles: readonly Pile[], table: TemperatureTable): Promise<{ shelves: readonly Shelf[]; decisions: readonly Decision<GoodsPutAway>[] }> {
    if (piles.length === 0) return { shelves: [], decisions: [] };
    const loads = piles.map(loadOf);
    const zones = [...new Set(loads.flatMap((load) => table.bands[load.temperatureClass].zones))];
    const least = loads.reduce((grams, load) => (load.grams < grams ? load.grams : grams), loads[0]!.grams);
    const shelves = await this.places.lockShelves(tx, centreId, zones, least);
    const holding = await this.places.holding(tx, centreId, [...new Set(loads.map((load) => load.itemId))]);
    return { shelves, decisions: putAwayAll(loads, shelves, holding, table) };
  }

  /** Moves piles whose places have taken up their weight. */
  async #move(tx: Transaction, moved: readonly PutAway[], now: Instant): Promise<void> {
    if (moved.length === 0) return;
    const off = weights(moved, ({ receipt }) => receipt.locationId!);
    this.places.count(tx, new Map([...off].map(([door, grams]) => [door, -grams])));
    const movements = moved.map(({ receipt, parts, place }): Movement => {
      const { centreId, receiptId } = receipt;
      const lines = parts.flatMap((part) => transfer(part.goods, part.place, { ...part.place, account: 'location', locationId: place.locationId } satisfies StockPlace, part));
      return { centreId, cause: 'put_away', causeId: receiptId, movedAt: now, lines };
    });
    await this.stock.postAll(tx, movements);
    this.receipts.putAway(tx, moved.map(({ receipt, place }) => ({ receiptId: receipt.receiptId, locationId: place.locationId })));
    await this.outbox.publish(tx, putAwayFacts(moved, now));
  }

  /** Decides on a place and takes up its room. What others took between the look and the write is decided anew. */
  async #occupy(tx: Transaction, pile: Pile, locationId: string | undefined, table: TemperatureTable): Promise<Place> {
    const { centreId, itemId } = pile.receipt;
    const goods = loadOf(pile);
    for (let choices = 0; choices < MAX_CHOICES; choices++) {
      const places = locationId
        ? [(await this.places.find(tx, centreId, itemId, locationId)) ?? refused('NOT_FOUND')]
        : await this.places.fitting(tx, centreId, itemId, table.bands[goods.temperatureClass].zones, goods.grams);
      const [chosen] = eventsOf(locationId ? putAwayTo(goods, places[0]!, table) : putAway(goods, places, table));
      if (await this.places.occupy(tx, chosen!.locationId, goods.grams)) return places.find((place) => place.locationId === chosen!.locationId)!;
    }
    return refused('ABORTED');
  }
}

function weights(moved: readonly PutAway[], locationOf: (pile: PutAway) => string): Map<string, bigint> {
  const grams = new Map<string, bigint>();
  for (const pile of moved) grams.set(locationOf(pile), (grams.get(locationOf(pile)) ?? 0n) + sumOf(pile.parts).grams);
  return grams;
}
