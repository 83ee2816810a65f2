import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { TemperatureClass } from '../centre/temperature.js';
import type { ItemControl } from '../item/item.js';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { ExpectedPhase } from '../receipt/receipt.js';
import type { AnnouncedLine, GoodsAnnounced, NewNoticeLine, Notice, NoticeItem } from './notice.js';

export interface NoticeRow extends Notice {
  readonly centreId: string;
  readonly merchantReference: string;
  readonly announcedAt: Instant;
}

export type StoredNotice = NoticeRow & { readonly contentHash: Buffer };

export interface NoticeLineRow {
  readonly line: number;
  readonly itemId: string;
  readonly itemCode: string;
  readonly announcedCode: string;
  readonly unit: string;
  readonly count: bigint;
  readonly batch: string;
  readonly expiresOn: string | null;
  readonly phase: ExpectedPhase;
  readonly receiptId: string | null;
}

/** A line at the door and its item. */
export interface LineWithItem {
  readonly announced: AnnouncedLine;
  readonly item: NoticeItem;
}

/** What became of a line. One that was not announced enters the notice by it. */
export interface SettledLine {
  readonly line: number;
  readonly itemId: string;
  readonly announcedCode: string;
  readonly unit: string;
  readonly batch: string;
  readonly phase: Exclude<ExpectedPhase, 'expected'>;
  readonly receiptId: string;
}

const NOTICE = `
  n.notice_id as "noticeId", n.code, n.centre_id as "centreId", n.merchant_organization_id as "merchantId", n.merchant_reference as "merchantReference",
  n.announced_at as "announcedAt", n.content_hash as "contentHash"`;
/** Parameters 2 and 3 are the viewer's. */
const IS_PARTY = `($3 or n.merchant_organization_id = $2 or c.operator_organization_id = $2)`;

/** What a notice says, as its natural key compares it. */
export function contentHash(centreId: string, lines: readonly NewNoticeLine[]): Buffer {
  const rows = lines.map(({ line, itemCode, unit, count, batch, expiresOn }) => [line, itemCode, unit, String(count), batch, expiresOn ?? '']);
  return createHash('sha256').update(JSON.stringify([centreId, rows])).digest();
}

@Injectable()
export class NoticeStore {
  constructor(private readonly database: Database) {}

  async byReference(tx: Queries, merchantId: string, reference: string): Promise<StoredNotice | undefined> {
    const [row] = await tx.query<StoredNotice>(`select ${NOTICE} from advance_notices n where n.merchant_organization_id = $1 and n.merchant_reference = $2`, [
      merchantId,
      reference,
    ]);
    return row;
  }

  /** Writes a new notice; false when the merchant has one of this reference already. */
  async announce(tx: Queries & Writes, notice: StoredNotice, lines: GoodsAnnounced['lines']): Promise<boolean> {
    const made = await tx.query(
      `insert into advance_notices (notice_id, code, centre_id, merchant_organization_id, merchant_reference, content_hash, announced_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict on constraint advance_notices_reference do nothing returning notice_id`,
      [notice.noticeId, notice.code, notice.centreId, notice.merchantId, notice.merchantReference, notice.contentHash, date(notice.announcedAt)],
    );
    if (made.length === 0) return false;
    tx.send(
      `insert into advance_notice_lines (notice_id, line, item_id, announced_code, unit, count, batch, expires_on, phase)
       select $1, l.*, 'expected' from unnest($2::int[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::date[]) as l`,
      [
        notice.noticeId,
        lines.map((line) => line.line),
        lines.map((line) => line.itemId),
        lines.map((line) => line.itemCode),
        lines.map((line) => line.unit),
        lines.map((line) => line.count),
        lines.map((line) => line.batch),
        lines.map((line) => line.expiresOn ?? null),
      ],
    );
    return true;
  }

  /** The first of the ids that is no notice for the centre. */
  async unknownAt(tx: Queries, centreId: string, noticeIds: readonly string[]): Promise<string | undefined> {
    if (noticeIds.length === 0) return undefined;
    const rows = await tx.query<{ noticeId: string }>(`select notice_id as "noticeId" from advance_notices where notice_id = any($1::uuid[]) and centre_id = $2`, [
      noticeIds,
      centreId,
    ]);
    const known = new Set(rows.map((row) => row.noticeId));
    return noticeIds.find((id) => !known.has(id.toLowerCase()));
  }

  /** The notice for the centre, locked: each of its lines is received or refused once, whoever tries at the same time. */
  async lock(tx: Queries, centreId: string, noticeId: string): Promise<NoticeRow | undefined> {
    const [row] = await tx.query<NoticeRow>(`select ${NOTICE} from advance_notices n where n.notice_id = $1 and n.centre_id = $2 for no key update`, [noticeId, centreId]);
    return row;
  }

  /** The lines of these numbers that the notice has, by number. */
  async linesAtDoor(tx: Queries, noticeId: string, lines: readonly number[]): Promise<ReadonlyMap<number, LineWithItem>> {
    const rows = await tx.query<
      Omit<AnnouncedLine, 'expiresOn' | 'settledBy'> & {
        readonly expiresOn: string | null;
        readonly settledBy: string | null;
        readonly itemId: string;
        readonly temperatureClass: TemperatureClass;
        readonly control: ItemControl;
        readonly shelfLifeDays: number | null;
      }
    >(
      `select l.line, l.unit, l.count, l.batch, l.expires_on::text as "expiresOn", l.phase, r.event_id as "settledBy", i.item_id as "itemId",
              i.temperature_class as "temperatureClass", i.control, i.shelf_life_days as "shelfLifeDays"
         from advance_notice_lines l join items i using (item_id) left join receipts r on r.receipt_id = l.receipt_id
        where l.notice_id = $1 and l.line = any($2::int[])`,
      [noticeId, lines],
    );
    return new Map(
      rows.map(({ expiresOn, settledBy, itemId, temperatureClass, control, shelfLifeDays, ...line }) => [
        line.line,
        {
          announced: { ...line, ...(expiresOn === null ? {} : { expiresOn }), ...(settledBy === null ? {} : { settledBy }) },
          item: { itemId, temperatureClass, control, ...(shelfLifeDays === null ? {} : { shelfLifeDays }) },
        },
      ]),
    );
  }

  settle(tx: Writes, noticeId: string, lines: readonly SettledLine[]): void {
    tx.send(
      `insert into advance_notice_lines as n (notice_id, line, item_id, announced_code, unit, count, batch, phase, receipt_id)
       select $1, l.line, l.item_id, l.code, l.unit, 0, l.batch, l.phase, l.receipt_id
         from unnest($2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[]) as l (line, item_id, code, unit, batch, phase, receipt_id)
       on conflict (notice_id, line) do update set phase = excluded.phase, receipt_id = excluded.receipt_id`,
      [
        noticeId,
        lines.map((line) => line.line),
        lines.map((line) => line.itemId),
        lines.map((line) => line.announcedCode),
        lines.map((line) => line.unit),
        lines.map((line) => line.batch),
        lines.map((line) => line.phase),
        lines.map((line) => line.receiptId),
      ],
    );
  }

  /** The notice, if the viewer announced it or operates its centre. */
  async find(viewer: Viewer, noticeId: string): Promise<NoticeRow | undefined> {
    const [row] = await this.database.query<NoticeRow>(
      `select ${NOTICE} from advance_notices n join centres c on c.centre_id = n.centre_id where n.notice_id = $1 and ${IS_PARTY}`,
      [noticeId, viewer.organizationId, viewer.system],
    );
    return row;
  }

  linesOf(queries: Queries | undefined, noticeId: string): Promise<readonly NoticeLineRow[]> {
    return (queries ?? this.database).query<NoticeLineRow>(
      `select l.line, l.item_id as "itemId", i.code as "itemCode", l.announced_code as "announcedCode", l.unit, l.count, l.batch,
              l.expires_on::text as "expiresOn", l.phase, l.receipt_id as "receiptId"
         from advance_notice_lines l join items i using (item_id) where l.notice_id = $1 order by l.line`,
      [noticeId],
    );
  }

  /** Up to `limit` notices after the id, of the viewer or to its centres. */
  list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly NoticeRow[]> {
    return this.database.query<NoticeRow>(
      `select ${NOTICE} from advance_notices n join centres c on c.centre_id = n.centre_id where n.notice_id > $1 and ${IS_PARTY} order by n.notice_id limit $4`,
      [after ?? BEFORE_ALL, viewer.organizationId, viewer.system, limit],
    );
  }
}
