import { calendarDay } from './calendar.js';
import { parseMinor } from './numbers.js';
import { refuseField, type Parsed, type RowOutcome } from './row.js';
import { readTable, type Fields } from './table.js';
import { parseUnit, type TradeUnit } from './unit.js';

/** One wholesale price of KAMIS (aT): the national average of a day for an item, variety and rank. */
export interface KamisPrice {
  readonly itemName: string;
  /** Three digits; the first is the class 1–6: food crops, vegetables, special crops, fruit, livestock, fish. */
  readonly itemCode: string;
  /** Variety as published, the unit in brackets: `후지(10kg)`. */
  readonly kindName: string;
  readonly kindCode: string;
  /** 상품, 중품, or a size. */
  readonly rank: string;
  readonly rankCode: string;
  readonly unit: TradeUnit;
  /** `2022-06-23`. */
  readonly day: string;
  /** Won per unit; undefined where there was no price that day (`-`). */
  readonly price: bigint | undefined;
}

/** Notes that a row of KAMIS may carry. */
export const KAMIS_NOTES = {
  noPrice: 'no price that day',
  otherUnitInKind: 'the variety names another unit than the row',
} as const;

const COLUMNS = ['item_name', 'item_code', 'kind_name', 'kind_code', 'rank', 'rank_code', 'unit', 'day1', 'dpr1'];

/** Reads a file of KAMIS wholesale prices, UTF-8 or CP949. Prices are in won. */
export function parseKamis(file: string, bytes: Uint8Array): Parsed<KamisPrice> {
  return readTable(file, bytes, COLUMNS, readRow);
}

function readRow(fields: Fields): RowOutcome<KamisPrice> {
  const empty = ['item_name', 'kind_name', 'rank'].find((name) => fields[name]!.trim() === '');
  if (empty !== undefined) return refuseField(empty, fields[empty]!, 'is empty');
  const itemCode = fields.item_code!;
  if (!/^[1-6]\d{2}$/.test(itemCode)) return refuseField('item_code', itemCode, 'is not a KAMIS item code: three digits, the first a class 1 to 6');
  if (!/^\d{2}$/.test(fields.kind_code!)) return refuseField('kind_code', fields.kind_code!, 'is not two digits');
  const unit = parseUnit(fields.unit!);
  if (!unit) return refuseField('unit', fields.unit!, 'is not a unit that is known');
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(fields.day1!);
  const day = date ? calendarDay(date[1]!, date[2]!, date[3]!) : undefined;
  if (day === undefined) return refuseField('day1', fields.day1!, 'is not a day of the calendar, YYYY-MM-DD');

  const price = parseMinor(fields.dpr1!, 0);
  if (price.kind === 'empty') return refuseField('dpr1', fields.dpr1!, 'is empty; a day without a price has -');
  if (price.kind === 'bad') return refuseField('dpr1', fields.dpr1!, price.reason);
  if (price.kind === 'value' && price.minor <= 0n) return refuseField('dpr1', fields.dpr1!, 'is not above zero');

  const kindName = fields.kind_name!;
  const bracketed = /\(([^()]*)\)$/.exec(kindName)?.[1];
  const unitInKind = bracketed === undefined ? undefined : parseUnit(bracketed);
  const notes: string[] = [];
  if (price.kind === 'none') notes.push(KAMIS_NOTES.noPrice);
  if (unitInKind && (unitInKind.base !== unit.base || unitInKind.size !== unit.size)) notes.push(KAMIS_NOTES.otherUnitInKind);
  const { item_name: itemName, kind_code: kindCode, rank, rank_code: rankCode } = fields as Record<string, string>;
  const value = { itemName: itemName!, itemCode, kindName, kindCode: kindCode!, rank: rank!, rankCode: rankCode!, unit, day };
  return { accepted: true, value: { ...value, price: price.kind === 'value' ? price.minor : undefined }, notes };
}
