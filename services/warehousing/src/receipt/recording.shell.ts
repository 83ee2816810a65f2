import { Injectable } from '@nestjs/common';
import { refused } from '@naru/kernel/decision';
import { type BusinessDay, businessDayOf, type Instant } from '@naru/kernel/instant';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import type { StoredAppointment } from '../appointment/appointment.store.js';
import { temperatureTableAt } from '../centre/temperature.js';
import { nextCodes } from '../code-counter.js';
import { type StockGoods, type StockPlace, transfer } from '../stock/ledger.js';
import { type Movement, StockStore } from '../stock/stock.store.js';
import { type BatchKey, batchKey, BatchStore } from './batch.store.js';
import type { KnownBatch } from './batch.js';
import { PlaceStore } from './place.store.js';
import type { GoodsSource, ObservedLine, ReceiptEvent } from './receipt.js';
import type { ReceiptRow } from './receipt.store.js';

/** A line at the door with what the core said of it. */
export interface JudgedLine {
  readonly source: GoodsSource;
  readonly goods: StockGoods;
  /** 0 where nobody announced it. */
  readonly expectedCount: bigint;
  readonly observed: ObservedLine;
  readonly event: ReceiptEvent;
  readonly expiresOn?: BusinessDay;
}

/** Writes what came of lines at a door: what was taken lies there on the books, in batches with their dates, and every line has its receipt. */
@Injectable()
export class Recording {
  constructor(
    private readonly places: PlaceStore,
    private readonly stock: StockStore,
    private readonly batches: BatchStore,
    private readonly ids: Ids,
  ) {}

  knownBatches(tx: Transaction, keys: readonly BatchKey[]): Promise<ReadonlyMap<string, KnownBatch>> {
    return this.batches.find(tx, keys);
  }

  /**
   * The receipts of the lines; to be stored by the caller, with the event that it tells of them. `known` are the batches as the judgement saw them.
   * Locks the door, the balances, what the centre can promise, new batches and the counter of codes, in this order.
   */
  async record(tx: Transaction, truck: StoredAppointment, lines: readonly JudgedLine[], known: ReadonlyMap<string, KnownBatch>, now: Instant): Promise<readonly ReceiptRow[]> {
    const { centreId } = truck;
    const receiptIds = lines.map(() => this.ids.next());
    const movements: Movement[] = [];
    let grams = 0n;
    for (const [i, { goods, event, observed }] of lines.entries()) {
      if (event.type === 'LineRefused') continue;
      const door: StockPlace = { account: 'location', centreId, locationId: event.doorLocationId, status: event.status };
      const posted = transfer(goods, { account: 'supplier', centreId, status: event.status }, door, observed);
      movements.push({ centreId, cause: 'receipt', causeId: receiptIds[i]!, movedAt: now, lines: posted });
      grams += observed.grams;
    }
    if (movements.length > 0 && truck.state.phase === 'at_door') this.places.countAtDoor(tx, truck.state.doorLocationId, grams);
    await this.stock.postAll(tx, movements);
    const fresh = lines
      .filter(({ goods, event }) => event.type === 'LineAccepted' && !known.has(batchKey(goods)))
      .map(({ goods, expiresOn }) => ({ ...goods, ...(expiresOn === undefined ? {} : { expiresOn }) }));
    if (!(await this.batches.keep(tx, fresh, now))) refused('ABORTED');
    const codes = await nextCodes(tx, 'RCV', businessDayOf(now, truck.timeZone), lines.length);
    return lines.map(({ source, goods, expectedCount, observed, event }, i) => {
      const accepted = event.type === 'LineAccepted' ? event : undefined;
      return {
        ...goods,
        source,
        receiptId: receiptIds[i]!,
        code: codes[i]!,
        appointmentId: truck.appointmentId,
        centreId,
        expectedCount,
        counted: observed.count,
        weighedGrams: observed.grams,
        scaleTicket: observed.scaleTicket,
        temperatureTenths: observed.temperatureTenths ?? null,
        temperatureTable: temperatureTableAt(now).version,
        findings: event.findings,
        disposition: accepted?.disposition ?? 'refuse',
        phase: accepted ? 'at_door' : 'refused',
        stockStatus: accepted?.status ?? null,
        locationId: accepted?.doorLocationId ?? null,
        receivedAt: now,
        holderId: goods.ownerId,
        eventId: null,
      };
    });
  }
}
