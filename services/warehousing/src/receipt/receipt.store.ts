import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { TemperatureClass } from '../centre/temperature.js';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { StockStatus } from '../stock/ledger.js';
import type { ReceiptPhase } from './put-away.js';
import type { Disposition, Finding, GoodsSource } from './receipt.js';

export interface ReceiptRow {
  readonly receiptId: string;
  readonly code: string;
  readonly appointmentId: string;
  readonly centreId: string;
  readonly source: GoodsSource;
  /** Whose the goods were when they came. */
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
  /** Whose the goods are now. */
  readonly holderId: string;
  /** The event that told of the receipt. */
  readonly eventId: string | null;
}

type ReceiptColumns = Omit<ReceiptRow, 'source'> & { readonly consignmentId: string | null; readonly noticeId: string | null; readonly noticeLine: number | null };

function toReceipt<Row extends ReceiptColumns>({ consignmentId, noticeId, noticeLine, ...same }: Row) {
  const source: GoodsSource = consignmentId === null ? { kind: 'notice', noticeId: noticeId!, line: noticeLine! } : { kind: 'consignment', consignmentId };
  return { ...same, source };
}

/** A receipt with what its put-away needs of the item and the centre. */
export type LockedReceipt = ReceiptRow & { readonly temperatureClass: TemperatureClass; readonly centreCode: string };

const RECEIPT = `
  r.receipt_id as "receiptId", r.code, r.appointment_id as "appointmentId", r.centre_id as "centreId", r.consignment_id as "consignmentId",
  r.owner_organization_id as "ownerId", r.item_id as "itemId", r.batch, r.unit, r.expected_count as "expectedCount", r.counted, r.weighed_grams as "weighedGrams",
  r.scale_ticket as "scaleTicket", r.temperature_tenths as "temperatureTenths", r.temperature_table as "temperatureTable", r.findings, r.disposition, r.phase,
  r.stock_status as "stockStatus", r.location_id as "locationId", r.received_at as "receivedAt", r.notice_id as "noticeId", r.notice_line as "noticeLine",
  r.holder_organization_id as "holderId", r.event_id as "eventId"`;

@Injectable()
export class ReceiptStore {
  constructor(private readonly database: Database) {}

  add(tx: Writes, receipts: readonly ReceiptRow[]): void {
    const column = (of: (receipt: ReceiptRow) => unknown): unknown[] => receipts.map(of);
    const [{ centreId, appointmentId, temperatureTable, receivedAt }] = receipts as [ReceiptRow];
    tx.send(
      `insert into receipts
         (receipt_id, code, consignment_id, notice_id, notice_line, owner_organization_id, item_id, batch, unit, expected_count, counted, weighed_grams, scale_ticket,
          temperature_tenths, findings, disposition, phase, stock_status, location_id, holder_organization_id, event_id,
          appointment_id, centre_id, temperature_table, received_at)
       select r.id, r.code, r.consignment_id, r.notice_id, r.line, r.owner, r.item_id, r.batch, r.unit, r.expected, r.counted, r.grams, r.ticket,
              r.tenths, string_to_array(r.findings, ' '), r.disposition, r.phase, r.status, r.location_id, r.holder, r.event_id, $22, $23, $24, $25
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::int[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[],
                     $13::text[], $14::int[], $15::text[], $16::text[], $17::text[], $18::text[], $19::uuid[], $20::uuid[], $21::uuid[])
           as r (id, code, consignment_id, notice_id, line, owner, item_id, batch, unit, expected, counted, grams, ticket, tenths, findings, disposition, phase, status,
                 location_id, holder, event_id)`,
      [
        column((r) => r.receiptId),
        column((r) => r.code),
        column(({ source }) => (source.kind === 'consignment' ? source.consignmentId : null)),
        column(({ source }) => (source.kind === 'notice' ? source.noticeId : null)),
        column(({ source }) => (source.kind === 'notice' ? source.line : null)),
        column((r) => r.ownerId),
        column((r) => r.itemId),
        column((r) => r.batch),
        column((r) => r.unit),
        column((r) => r.expectedCount),
        column((r) => r.counted),
        column((r) => r.weighedGrams),
        column((r) => r.scaleTicket),
        column((r) => r.temperatureTenths),
        column((r) => r.findings.join(' ')), // arrays in arrays would have to be of one length
        column((r) => r.disposition),
        column((r) => r.phase),
        column((r) => r.stockStatus),
        column((r) => r.locationId),
        column((r) => r.holderId),
        column((r) => r.eventId),
        appointmentId,
        centreId,
        temperatureTable,
        date(receivedAt),
      ],
    );
  }

  /** The receipts of centres that the viewer operates, in the order of their ids and locked until the commit. */
  async lock(tx: Queries, viewer: Viewer, receiptIds: readonly string[]): Promise<readonly LockedReceipt[]> {
    const rows = await tx.query<ReceiptColumns & Pick<LockedReceipt, 'temperatureClass' | 'centreCode'>>(
      `select ${RECEIPT}, i.temperature_class as "temperatureClass", c.code as "centreCode"
         from receipts r join items i on i.item_id = r.item_id join centres c on c.centre_id = r.centre_id
        where r.receipt_id = any($1::uuid[]) and ($3 or c.operator_organization_id = $2) order by r.receipt_id for no key update of r`,
      [receiptIds, viewer.organizationId, viewer.system],
    );
    return rows.map(toReceipt);
  }

  putAway(tx: Writes, places: readonly { readonly receiptId: string; readonly locationId: string }[]): void {
    tx.send(
      `update receipts r set phase = 'put_away', location_id = p.location_id from unnest($1::uuid[], $2::uuid[]) as p (receipt_id, location_id)
        where r.receipt_id = p.receipt_id`,
      [places.map((place) => place.receiptId), places.map((place) => place.locationId)],
    );
  }

  /** The receipt, if the viewer owns its goods or operates its centre. */
  async find(viewer: Viewer, receiptId: string): Promise<ReceiptRow | undefined> {
    const [row] = await this.database.query<ReceiptColumns>(
      `select ${RECEIPT} from receipts r join centres c on c.centre_id = r.centre_id
        where r.receipt_id = $1 and ($3 or r.owner_organization_id = $2 or c.operator_organization_id = $2)`,
      [receiptId, viewer.organizationId, viewer.system],
    );
    return row && toReceipt(row);
  }

  /** Up to `limit` receipts after the id, of the viewer's goods or centres. */
  async list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly ReceiptRow[]> {
    const rows = await this.database.query<ReceiptColumns>(
      `select ${RECEIPT} from receipts r join centres c on c.centre_id = r.centre_id
        where r.receipt_id > $1 and ($3 or r.owner_organization_id = $2 or c.operator_organization_id = $2) order by r.receipt_id limit $4`,
      [after ?? BEFORE_ALL, viewer.organizationId, viewer.system, limit],
    );
    return rows.map(toReceipt);
  }
}
