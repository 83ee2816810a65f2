import { accept, refuse, type Decision } from '@naru/kernel/decision';
import { type BusinessDay, isBusinessDay } from '@naru/kernel/instant';
import type { Appointment } from '../appointment/appointment.js';
import type { TemperatureClass, TemperatureTable } from '../centre/temperature.js';
import { type ItemControl, spellingKey } from '../item/item.js';
import { batchDate, type KnownBatch } from '../receipt/batch.js';
import { type Disposition, type ExpectedGoods, type ExpectedPhase, type GoodsSource, type ObservedLine, type ReceiptEvent, receiveLine } from '../receipt/receipt.js';
import type { StockGoods } from '../stock/ledger.js';

/** A line as a merchant announces it. */
export interface NewNoticeLine {
  readonly line: number;
  /** In any spelling. */
  readonly itemCode: string;
  readonly unit: string;
  readonly count: bigint;
  /** Empty where the goods carry none. */
  readonly batch: string;
  readonly expiresOn?: BusinessDay;
}

/** What a notice needs to know of an item. */
export interface NoticeItem {
  readonly itemId: string;
  readonly temperatureClass: TemperatureClass;
  readonly control: ItemControl;
  readonly shelfLifeDays?: number;
}

export interface GoodsAnnounced {
  readonly type: 'GoodsAnnounced';
  readonly lines: readonly (NewNoticeLine & { readonly itemId: string })[];
}

/** Announces goods. Line numbers are the merchant's and stand once; every code is of an item that is known, by `spellingKey`. */
export function announceGoods(lines: readonly NewNoticeLine[], items: ReadonlyMap<string, { readonly itemId: string }>): Decision<GoodsAnnounced> {
  const numbers = new Set<number>();
  const announced: (NewNoticeLine & { readonly itemId: string })[] = [];
  for (const line of lines) {
    if (numbers.size === numbers.add(line.line).size) return refuse('LINE_REPEATED', { line: line.line });
    if (line.expiresOn !== undefined && !isBusinessDay(line.expiresOn)) return refuse('BUSINESS_DAY_UNKNOWN', { businessDay: line.expiresOn });
    const item = items.get(spellingKey(line.itemCode));
    if (!item) return refuse('ITEM_UNKNOWN', { code: line.itemCode });
    announced.push({ ...line, itemId: item.itemId });
  }
  return accept([{ type: 'GoodsAnnounced', lines: announced }]);
}

/** A line of a notice as it stands. */
export interface AnnouncedLine {
  readonly line: number;
  readonly unit: string;
  /** 0 of a line that came unannounced. */
  readonly count: bigint;
  readonly batch: string;
  readonly expiresOn?: BusinessDay;
  readonly phase: ExpectedPhase;
  /** The event that told of its receipt. */
  readonly settledBy?: string;
}

/** What the people at the door found of a line. */
export interface CountedLine {
  readonly line: number;
  /** What came, of a line that the notice does not have; empty otherwise. */
  readonly itemCode: string;
  readonly unit: string;
  /** As the goods carry them; empty or absent where they do not. */
  readonly batch: string;
  readonly expiresOn?: BusinessDay;
  readonly observed: Omit<ObservedLine, 'temperatureClass'>;
  readonly disposition: Disposition | undefined;
}

export interface Notice {
  readonly noticeId: string;
  readonly code: string;
  readonly merchantId: string;
}

export interface LineJudged {
  readonly type: 'LineJudged';
  readonly source: GoodsSource;
  readonly goods: StockGoods;
  /** 0 where nobody announced it. */
  readonly expectedCount: bigint;
  readonly observed: ObservedLine;
  readonly event: ReceiptEvent;
  readonly expiresOn?: BusinessDay;
}

/** What a line is judged against, beside itself. */
export interface AtDoor {
  readonly truck: Appointment;
  readonly notice: Notice;
  readonly day: BusinessDay;
  readonly table: TemperatureTable;
}

/**
 * Judges a counted line of a notice: as any other goods at a door, and by the date of its batch. `announced` is undefined for a line that the notice does
 * not have, `item` for goods that nobody knows. `knownBatch` finds the merchant's batches in stock.
 */
export function judgeLine(
  { truck, notice, day, table }: AtDoor,
  counted: CountedLine,
  announced: AnnouncedLine | undefined,
  item: NoticeItem | undefined,
  knownBatch: (goods: StockGoods) => KnownBatch | undefined,
): Decision<LineJudged> {
  if (!announced && (counted.itemCode === '' || counted.unit === '')) return refuse('NOTICE_LINE_UNKNOWN', { line: counted.line });
  if (!item) return refuse('ITEM_UNKNOWN', { code: counted.itemCode });
  const source: GoodsSource = { kind: 'notice', noticeId: notice.noticeId, line: counted.line };
  const expected: ExpectedGoods = announced ? { source, ...announced } : { source, phase: 'expected' };
  const observed: ObservedLine = { ...counted.observed, temperatureClass: item.temperatureClass };
  const judged = receiveLine(truck, expected, observed, counted.disposition, table);
  if (!judged.accepted) return judged;
  const event = judged.events[0]!;
  const batch = counted.batch || announced?.batch || notice.code;
  const goods: StockGoods = { ownerId: notice.merchantId, itemId: item.itemId, batch, unit: announced?.unit ?? counted.unit };
  const line: LineJudged = { type: 'LineJudged', source, goods, expectedCount: announced?.count ?? 0n, observed, event };
  if (event.type === 'LineRefused') return accept([line]);
  const dated = batchDate(item, counted.expiresOn ?? announced?.expiresOn, knownBatch(goods), day);
  return dated.accepted ? accept([{ ...line, ...(dated.events[0]!.expiresOn === undefined ? {} : { expiresOn: dated.events[0]!.expiresOn }) }]) : dated;
}
