import { Injectable } from '@nestjs/common';
import { eventsOf, refused } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import type { Transaction } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { AppointmentStore } from '../appointment/appointment.store.js';
import { temperatureTableAt } from '../centre/temperature.js';
import { ItemStore } from '../item/item.store.js';
import { Ownership } from '../ownership/ownership.shell.js';
import type { Viewer } from '../queries.js';
import { type StockGoods, unitOfMeasure } from '../stock/ledger.js';
import { batchDate, mayBeDated } from './batch.js';
import { batchKey } from './batch.store.js';
import { ConsignmentStore } from './consignment.store.js';
import { type Disposition, type ObservedLine, receiveLine } from './receipt.js';
import { receivedFact } from './receipt.events.js';
import { type ReceiptRow, ReceiptStore } from './receipt.store.js';
import { Recording } from './recording.shell.js';

/** A line as the people at the door send it. */
export interface LineAtDoor {
  readonly appointmentId: string;
  readonly consignmentId: string;
  readonly itemId: string;
  /** Production batch of the goods; empty where they carry none. */
  readonly batch: string;
  /** Empty where they carry no date. */
  readonly expiresOn: string;
  readonly observed: Omit<ObservedLine, 'temperatureClass'>;
  readonly disposition: Disposition | undefined;
}

/** Receives consignments of the market: loads, lets the core decide, saves, posts and publishes. */
@Injectable()
export class Receiving {
  constructor(
    private readonly appointments: AppointmentStore,
    private readonly consignments: ConsignmentStore,
    private readonly items: ItemStore,
    private readonly recording: Recording,
    private readonly receipts: ReceiptStore,
    private readonly ownership: Ownership,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
  ) {}

  async receive(tx: Transaction, viewer: Viewer, line: LineAtDoor): Promise<ReceiptRow> {
    const now = this.time.now();
    const truck = (await this.appointments.lock(tx, viewer, line.appointmentId)) ?? refused('NOT_FOUND');
    const item = (await this.items.find(tx, line.itemId, truck.operatorId)) ?? refused('NOT_FOUND');
    const row = await this.consignments.lock(tx, line.consignmentId);
    const source = { kind: 'consignment', consignmentId: line.consignmentId } as const;
    const expected = row && { source, phase: row.phase, count: row.count, ...(row.settledBy === null ? {} : { settledBy: row.settledBy }) };
    const observed = { ...line.observed, temperatureClass: item.temperatureClass };
    const [event] = eventsOf(receiveLine(truck.state, expected, observed, line.disposition, temperatureTableAt(now)));
    const { consignorId, code, count, unitBase, unitSize } = row!; // a line without one is refused above
    const goods: StockGoods = { ownerId: consignorId, itemId: item.itemId, batch: line.batch || code, unit: unitOfMeasure(unitBase, unitSize) };
    const carried = line.expiresOn || undefined;
    const known = await this.recording.knownBatches(tx, mayBeDated(item, carried) ? [goods] : []);
    const [dated] = event!.type === 'LineRefused' ? [] : eventsOf(batchDate(item, carried, known.get(batchKey(goods)), businessDayOf(now, truck.timeZone)));
    const judged = { source, goods, expectedCount: count, observed, event: event!, ...(dated?.expiresOn === undefined ? {} : { expiresOn: dated.expiresOn }) };
    const [receipt] = await this.recording.record(tx, truck, [judged], known, now);
    this.consignments.settle(tx, line.consignmentId, receipt!.phase === 'refused' ? 'refused' : 'received');
    const [eventId] = await this.outbox.publish(tx, [receivedFact(receipt!, line.consignmentId, truck.centreCode)]);
    this.receipts.add(tx, [{ ...receipt!, eventId: eventId! }]);
    if (row!.isSold) await this.ownership.came(tx, line.consignmentId);
    return receipt!;
  }
}
