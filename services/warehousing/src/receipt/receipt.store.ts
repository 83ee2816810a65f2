import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { TemperatureClass } from '../centre/temperature.js';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { StockStatus } from '../stock/ledger.js';
import type { ReceiptPhase } from './put-away.js';
import type { Disposition, Finding } from './receipt.js';

export interface ReceiptRow {
  readonly receiptId: string;
  readonly code: string;
  readonly appointmentId: string;
  readonly centreId: string;
  readonly consignmentId: string;
  readonly ownerId: string;
  readonly itemId: string;
  readonly batch: string;
  readonly unit: string;
  readonly expectedCount: bigint;
  readonly counted: bigint;
  readonly weighedGrams: bigint;
  readonly scaleTicket: string;
  readonly temperatureTenths: number | null;
  readonly temperatureTable: string;
  readonly findings: readonly Finding[];
  readonly disposition: Disposition;
  readonly phase: ReceiptPhase;
  /** Of goods that were taken. */
  readonly stockStatus: StockStatus | null;
  /** Where the goods lie; null for goods sent back. */
  readonly locationId: string | null;
  readonly receivedAt: Instant;
}

/** A receipt with what its put-away needs of the item and the centre. */
export type LockedReceipt = ReceiptRow & { readonly temperatureClass: TemperatureClass; readonly centreCode: string };

const RECEIPT = `
  r.receipt_id as "receiptId", r.code, r.appointment_id as "appointmentId", r.centre_id as "centreId", r.consignment_id as "consignmentId",
  r.owner_organization_id as "ownerId", r.item_id as "itemId", r.batch, r.unit, r.expected_count as "expectedCount", r.counted, r.weighed_grams as "weighedGrams",
  r.scale_ticket as "scaleTicket", r.temperature_tenths as "temperatureTenths", r.temperature_table as "temperatureTable", r.findings, r.disposition, r.phase,
  r.stock_status as "stockStatus", r.location_id as "locationId", r.received_at as "receivedAt"`;

@Injectable()
export class ReceiptStore {
  constructor(private readonly database: Database) {}

  add(tx: Writes, r: ReceiptRow): void {
    tx.send(
      `insert into receipts
         (receipt_id, code, appointment_id, centre_id, consignment_id, owner_organization_id, item_id, batch, unit, expected_count, counted, weighed_grams,
          scale_ticket, temperature_tenths, temperature_table, findings, disposition, phase, stock_status, location_id, received_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
      [
        ...[r.receiptId, r.code, r.appointmentId, r.centreId, r.consignmentId, r.ownerId, r.itemId, r.batch, r.unit, r.expectedCount, r.counted, r.weighedGrams],
        ...[r.scaleTicket, r.temperatureTenths, r.temperatureTable, r.findings, r.disposition, r.phase, r.stockStatus, r.locationId, date(r.receivedAt)],
      ],
    );
  }

  /** The receipt of a centre that the viewer operates, locked until the commit. */
  async lock(tx: Queries, viewer: Viewer, receiptId: string): Promise<LockedReceipt | undefined> {
    const [row] = await tx.query<LockedReceipt>(
      `select ${RECEIPT}, i.temperature_class as "temperatureClass", c.code as "centreCode"
         from receipts r join items i on i.item_id = r.item_id join centres c on c.centre_id = r.centre_id
        where r.receipt_id = $1 and ($3 or c.operator_organization_id = $2) for no key update of r`,
      [receiptId, viewer.organizationId, viewer.system],
    );
    return row;
  }

  putAway(tx: Writes, receiptId: string, locationId: string): void {
    tx.send(`update receipts set phase = 'put_away', location_id = $2 where receipt_id = $1`, [receiptId, locationId]);
  }

  /** The receipt, if the viewer owns its goods or operates its centre. */
  async find(viewer: Viewer, receiptId: string): Promise<ReceiptRow | undefined> {
    const [row] = await this.database.query<ReceiptRow>(
      `select ${RECEIPT} from receipts r join centres c on c.centre_id = r.centre_id
        where r.receipt_id = $1 and ($3 or r.owner_organization_id = $2 or c.operator_organization_id = $2)`,
      [receiptId, viewer.organizationId, viewer.system],
    );
    return row;
  }

  /** Up to `limit` receipts after the id, of the viewer's goods or centres. */
  list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly ReceiptRow[]> {
    return this.database.query<ReceiptRow>(
      `select ${RECEIPT} from receipts r join centres c on c.centre_id = r.centre_id
        where r.receipt_id > $1 and ($3 or r.owner_organization_id = $2 or c.operator_organization_id = $2) order by r.receipt_id limit $4`,
      [after ?? BEFORE_ALL, viewer.organizationId, viewer.system, limit],
    );
  }
}
