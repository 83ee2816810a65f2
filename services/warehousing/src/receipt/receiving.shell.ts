import { Injectable } from '@nestjs/common';
import { eventsOf, refused } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { AppointmentStore } from '../appointment/appointment.store.js';
import { type TemperatureTable, temperatureTableAt } from '../centre/temperature.js';
import { nextCode } from '../code-counter.js';
import { ItemStore } from '../item/item.store.js';
import type { Viewer } from '../queries.js';
import { type StockGoods, type StockPlace, transfer, unitOfMeasure } from '../stock/ledger.js';
import { StockStore } from '../stock/stock.store.js';
import { ConsignmentStore } from './consignment.store.js';
import { PlaceStore } from './place.store.js';
import { type GoodsAtDoor, putAway, putAwayTo, type Place } from './put-away.js';
import { type Disposition, type ObservedLine, receiveLine } from './receipt.js';
import { putAwayFact, receivedFact } from './receipt.events.js';
import { type LockedReceipt, type ReceiptRow, ReceiptStore } from './receipt.store.js';

/** A line as the people at the door send it. */
export interface LineAtDoor {
  readonly appointmentId: string;
  readonly consignmentId: string;
  readonly itemId: string;
  /** Production batch of the goods; empty where they carry none. */
  readonly batch: string;
  readonly observed: Omit<ObservedLine, 'temperatureClass'>;
  readonly disposition: Disposition | undefined;
}

/** How often a load looks for another place when others have taken the one it chose. */
const MAX_CHOICES = 20;

/**
 * Receives lines and puts them away: loads, lets the cores decide, saves, posts and publishes.
 * Locks are taken in one order: the appointment or the receipt, the consignment, storage locations, doors, balances by key, the counter of codes.
 */
@Injectable()
export class Receiving {
  constructor(
    private readonly appointments: AppointmentStore,
    private readonly consignments: ConsignmentStore,
    private readonly items: ItemStore,
    private readonly receipts: ReceiptStore,
    private readonly places: PlaceStore,
    private readonly stock: StockStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
  ) {}

  async receive(tx: Transaction, viewer: Viewer, line: LineAtDoor): Promise<ReceiptRow> {
    const now = this.time.now();
    const appointment = (await this.appointments.lock(tx, viewer, line.appointmentId)) ?? refused('NOT_FOUND');
    const item = (await this.items.find(tx, line.itemId, appointment.operatorId)) ?? refused('NOT_FOUND');
    const consignment = await this.consignments.lock(tx, line.consignmentId);
    const table = temperatureTableAt(now);
    const observed = { ...line.observed, temperatureClass: item.temperatureClass };
    const [event] = eventsOf(receiveLine(appointment.state, consignment, observed, line.disposition, table));
    const accepted = event!.type === 'LineAccepted' ? event : undefined;
    const { consignmentId, consignorId, code, count, unitBase, unitSize } = consignment!; // a line without one is refused above
    const receiptId = this.ids.next();
    const goods: StockGoods = { ownerId: consignorId, itemId: item.itemId, batch: line.batch || code, unit: unitOfMeasure(unitBase, unitSize) };
    if (accepted) {
      const { centreId } = appointment;
      const door: StockPlace = { account: 'location', centreId, locationId: accepted.doorLocationId, status: accepted.status };
      this.places.countAtDoor(tx, accepted.doorLocationId, observed.grams);
      const lines = transfer(goods, { account: 'supplier', centreId, status: accepted.status }, door, observed);
      await this.stock.post(tx, { centreId, cause: 'receipt', causeId: receiptId, movedAt: now, lines });
    }
    this.consignments.settle(tx, consignmentId, accepted ? 'received' : 'refused');
    const receipt: ReceiptRow = {
      ...goods,
      receiptId,
      code: await nextCode(tx, 'RCV', businessDayOf(now, appointment.timeZone)),
      appointmentId: appointment.appointmentId,
      centreId: appointment.centreId,
      consignmentId,
      expectedCount: count,
      counted: observed.count,
      weighedGrams: observed.grams,
      scaleTicket: observed.scaleTicket,
      temperatureTenths: observed.temperatureTenths ?? null,
      temperatureTable: table.version,
      findings: event!.findings,
      disposition: accepted?.disposition ?? 'refuse',
      phase: accepted ? 'at_door' : 'refused',
      stockStatus: accepted?.status ?? null,
      locationId: accepted?.doorLocationId ?? null,
      receivedAt: now,
    };
    this.receipts.add(tx, receipt);
    await this.outbox.publish(tx, [receivedFact(receipt, appointment.centreCode)]);
    return receipt;
  }

  /** Moves the goods of a receipt to the location, or to the best one. */
  async putAway(tx: Transaction, viewer: Viewer, receiptId: string, locationId: string | undefined): Promise<ReceiptRow> {
    const now = this.time.now();
    const receipt = (await this.receipts.lock(tx, viewer, receiptId)) ?? refused('NOT_FOUND');
    const place = await this.#occupy(tx, receipt, locationId, temperatureTableAt(now));
    const { centreId, counted, weighedGrams } = receipt;
    const at = (id: string): StockPlace => ({ account: 'location', centreId, locationId: id, status: receipt.stockStatus! });
    const doorLocationId = receipt.locationId!;
    this.places.countAtDoor(tx, doorLocationId, -weighedGrams);
    const lines = transfer(receipt, at(doorLocationId), at(place.locationId), { count: counted, grams: weighedGrams });
    await this.stock.post(tx, { centreId, cause: 'put_away', causeId: receiptId, movedAt: now, lines });
    this.receipts.putAway(tx, receiptId, place.locationId);
    await this.outbox.publish(tx, [putAwayFact(receipt, receipt.centreCode, place, now)]);
    return { ...receipt, phase: 'put_away', locationId: place.locationId };
  }

  /** Decides on a place and takes up its room. What others took between the look and the write is decided anew. */
  async #occupy(tx: Transaction, receipt: LockedReceipt, locationId: string | undefined, table: TemperatureTable): Promise<Place> {
    const { centreId, itemId, weighedGrams } = receipt;
    const goods: GoodsAtDoor = { phase: receipt.phase, temperatureClass: receipt.temperatureClass, grams: weighedGrams };
    for (let choices = 0; choices < MAX_CHOICES; choices++) {
      const places = locationId
        ? [(await this.places.find(tx, centreId, itemId, locationId)) ?? refused('NOT_FOUND')]
        : await this.places.fitting(tx, centreId, itemId, table.bands[goods.temperatureClass].zones, weighedGrams);
      const [chosen] = eventsOf(locationId ? putAwayTo(goods, places[0]!, table) : putAway(goods, places, table));
      if (await this.places.occupy(tx, chosen!.locationId, weighedGrams)) return places.find((place) => place.locationId === chosen!.locationId)!;
    }
    return refused('ABORTED');
  }
}
