import { calendarDay } from './calendar.js';
import { parseMinor } from './numbers.js';
import { refuseField, type Parsed, type ParsedRow, type RefusedRow, type RowOutcome } from './row.js';
import { readTable, type Fields } from './table.js';
import { QUINTAL, type TradeUnit } from './unit.js';

/** The names of a row, in the words of the file. */
export interface AgmarknetNames {
  readonly state: string;
  readonly district: string;
  readonly market: string;
  readonly commodity: string;
  readonly variety: string;
  readonly grade: string;
}

/** One row of AGMARKNET: a day's prices of a commodity, variety and grade in a market. Prices are paise per quintal. */
export interface AgmarknetPrice extends AgmarknetNames {
  /** The names as published, beside the ones with single blanks. */
  readonly published: AgmarknetNames;
  readonly day: string;
  /** Undefined where the file has none or a zero. */
  readonly min: bigint | undefined;
  readonly max: bigint | undefined;
  /** The modal price: the one that counts as the real price. */
  readonly modal: bigint;
  readonly unit: TradeUnit;
}

/** Notes that a row of AGMARKNET may carry: it is loaded, and said to be odd. */
export const AGMARKNET_NOTES = {
  noRange: 'lowest or highest price is zero or missing under a positive modal price',
  belowQuintal: 'a price below 100 rupees a quintal: perhaps per bunch or per 100 pieces',
  wideRange: 'the highest price is more than ten times the lowest',
  severalGrades: 'the market sold the same commodity and variety in several grades',
  paise: 'a price with paise',
  blanks: 'a name with double or trailing blanks',
  lowerCase: 'the commodity in lower case',
} as const;

const NAMES = { state: 'State', district: 'District', market: 'Market', commodity: 'Commodity', variety: 'Variety', grade: 'Grade' } as const;
const PRICES = { min: 'Min Price', max: 'Max Price', modal: 'Modal Price' } as const;
const COLUMNS = [...Object.values(NAMES), 'Arrival_Date', ...Object.values(PRICES)];
const HUNDRED_RUPEES = 10_000n;

/** Reads a daily file of AGMARKNET (data.gov.in resource 9ef84268-d588-465a-a308-a864a43d0070). Rupees become paise. */
export function parseAgmarknet(file: string, bytes: Uint8Array): Parsed<AgmarknetPrice> {
  const table = readTable(file, bytes, COLUMNS, readRow);
  const { rows, again } = withoutRepeats(table.rows);
  return { rows: markGrades(rows), refused: [...table.refused, ...again].sort((a, b) => a.line - b.line) };
}

function singleBlanks(name: string): string {
  return name.replace(/\s+/g, ' ').trim();
}

function readRow(fields: Fields): RowOutcome<AgmarknetPrice> {
  const published = Object.fromEntries(Object.entries(NAMES).map(([key, column]) => [key, fields[column]!])) as unknown as AgmarknetNames;
  const names = Object.fromEntries(Object.entries(published).map(([key, name]) => [key, singleBlanks(name as string)])) as unknown as AgmarknetNames;
  for (const [key, column] of Object.entries(NAMES)) if (names[key as keyof AgmarknetNames] === '') return refuseField(column, fields[column]!, 'is empty');
  const date = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(fields.Arrival_Date!);
  const day = date ? calendarDay(date[3]!, date[2]!, date[1]!) : undefined;
  if (day === undefined) return refuseField('Arrival_Date', fields.Arrival_Date!, 'is not a day of the calendar, dd/mm/yyyy');

  const amounts: Partial<Record<keyof typeof PRICES, bigint>> = {};
  for (const [key, column] of Object.entries(PRICES)) {
    const parsed = parseMinor(fields[column]!, 2);
    if (parsed.kind === 'bad') return refuseField(column, fields[column]!, parsed.reason);
    if (parsed.kind !== 'value') continue;
    if (parsed.minor < 0n) return refuseField(column, fields[column]!, 'is below zero');
    if (parsed.minor > 0n) amounts[key as keyof typeof PRICES] = parsed.minor;
  }
  const { min, max, modal } = amounts;
  const modalText = fields[PRICES.modal]!;
  if (modal === undefined) return refuseField(PRICES.modal, modalText, 'is no price: missing or zero');
  if (min !== undefined && max !== undefined && (modal < min || modal > max)) return refuseField(PRICES.modal, modalText, 'lies outside the lowest and highest price');

  const value: AgmarknetPrice = { ...names, published, day, min, max, modal, unit: QUINTAL };
  return { accepted: true, value, notes: notesOn(value) };
}

function notesOn({ published, commodity, min, max, modal }: AgmarknetPrice): string[] {
  const notes: string[] = [];
  if (min === undefined || max === undefined) notes.push(AGMARKNET_NOTES.noRange);
  if (modal < HUNDRED_RUPEES) notes.push(AGMARKNET_NOTES.belowQuintal);
  if (min !== undefined && max !== undefined && max > 10n * min) notes.push(AGMARKNET_NOTES.wideRange);
  if ([min, max, modal].some((amount) => amount !== undefined && amount % 100n !== 0n)) notes.push(AGMARKNET_NOTES.paise);
  if (Object.values(published).some((name: string) => name !== singleBlanks(name))) notes.push(AGMARKNET_NOTES.blanks);
  if (/^\p{Ll}/u.test(commodity)) notes.push(AGMARKNET_NOTES.lowerCase);
  return notes;
}

/** A market can have one modal price a day for the same goods: a second one is refused and names the first. */
function withoutRepeats(rows: readonly ParsedRow<AgmarknetPrice>[]): { rows: ParsedRow<AgmarknetPrice>[]; again: RefusedRow[] } {
  const first = new Map<string, number>();
  const kept: ParsedRow<AgmarknetPrice>[] = [];
  const again: RefusedRow[] = [];
  for (const row of rows) {
    const { state, district, market, commodity, variety, grade, day } = row.value;
    const key = JSON.stringify([state, district, market, commodity, variety, grade, day]);
    const line = first.get(key);
    if (line === undefined) {
      first.set(key, row.source.line);
      kept.push(row);
    } else {
      const reason = `the market, commodity, variety and grade of line ${line} again`;
      again.push({ ...row.source, field: 'Commodity', value: row.value.published.commodity, reason });
    }
  }
  return { rows: kept, again };
}

function markGrades(rows: readonly ParsedRow<AgmarknetPrice>[]): readonly ParsedRow<AgmarknetPrice>[] {
  const goods = ({ value: { state, district, market, commodity, variety, day } }: ParsedRow<AgmarknetPrice>): string =>
    JSON.stringify([state, district, market, commodity, variety, day]);
  const grades = Map.groupBy(rows, goods);
  return rows.map((row) => (grades.get(goods(row))!.length > 1 ? { ...row, notes: [...row.notes, AGMARKNET_NOTES.severalGrades] } : row));
}
