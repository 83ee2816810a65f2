import { calendarDay } from './calendar.js';
import { parseMinor } from './numbers.js';
import { refuseField, type Parsed, type ParsedRow, type RowOutcome } from './row.js';
import { readTable, type Fields } from './table.js';

/** What a line of the web shop's file is. Only goods are ever reserved; a write-off takes them from the shelf without a customer. */
export type RetailKind = 'goods' | 'postage' | 'fee' | 'manual' | 'discount' | 'sample' | 'write-off';

/** One line of an invoice or of a cancellation of the UCI data set "Online Retail". */
export interface RetailLine {
  /** Its number, with the leading `C` of a cancellation. */
  readonly invoice: string;
  readonly cancels: boolean;
  readonly kind: RetailKind;
  /** As the file spells it. */
  readonly code: string;
  /** Trimmed; empty where there is none. */
  readonly description: string;
  /** Pieces, as found: below zero on cancellations and write-offs. */
  readonly quantity: bigint;
  /** Pence. */
  readonly unitPrice: bigint;
  /** `2010-12-01`. */
  readonly day: string;
  /** Wall clock of the shop, `08:26`. */
  readonly time: string;
  /** Number of the customer; undefined where the file has none. */
  readonly customer: string | undefined;
  readonly country: string;
}

/** Notes that a line may carry: every odd line has at least one. */
export const RETAIL_NOTES = {
  notGoods: 'no goods: postage, fee, manual entry, discount or sample',
  cancellation: 'a cancellation: it names no invoice',
  writeOff: 'a write-off of stock among the sales',
  noPrice: 'goods at no price',
  noDescription: 'no description',
  noCustomer: 'no customer',
  repeated: 'repeats a line of its invoice',
  otherSpelling: 'another spelling of a code',
  otherDescription: 'another description of a code',
  otherMinute: 'a later minute than its invoice',
} as const;

const COLUMNS = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'];

/** Codes that stand for no goods. Every other code is an item. */
const NOT_GOODS: ReadonlyMap<string, RetailKind> = new Map([
  ['POST', 'postage'], ['DOT', 'postage'], ['C2', 'postage'], ['AMAZONFEE', 'fee'], ['BANK CHARGES', 'fee'], ['M', 'manual'], ['D', 'discount'], ['S', 'sample'],
]);

/** Reads a day of the web shop. Times are the shop's wall clock, amounts are pence. */
export function parseOnlineRetail(file: string, bytes: Uint8Array): Parsed<RetailLine> {
  const { rows, refused } = readTable(file, bytes, COLUMNS, readRow);
  return { rows: withNotesOfContext(rows), refused };
}

function readRow(fields: Fields): RowOutcome<RetailLine> {
  const { InvoiceNo: invoice, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country } = fields as Record<(typeof COLUMNS)[number], string>;
  if (!/^C?\d{6}$/.test(invoice!)) return refuseField('InvoiceNo', invoice!, 'is not a number of six digits, with a C before it on a cancellation');
  const code = StockCode!.trim();
  if (!/^[A-Za-z0-9 ]{1,20}$/.test(code)) return refuseField('StockCode', StockCode!, 'is not a code of letters and digits');
  if (!/^-?\d{1,9}$/.test(Quantity!)) return refuseField('Quantity', Quantity!, 'is not a whole number');
  const quantity = BigInt(Quantity!);
  if (quantity === 0n) return refuseField('Quantity', Quantity!, 'is zero');
  const at = /^(\d{4})-(\d{2})-(\d{2}) (([01]\d|2[0-3]):[0-5]\d):00$/.exec(InvoiceDate!);
  const day = at ? calendarDay(at[1]!, at[2]!, at[3]!) : undefined;
  if (!at || day === undefined) return refuseField('InvoiceDate', InvoiceDate!, 'is not a minute of the calendar, YYYY-MM-DD hh:mm:00');
  const price = parseMinor(UnitPrice!, 2);
  if (price.kind !== 'value') return refuseField('UnitPrice', UnitPrice!, price.kind === 'bad' ? price.reason : 'is empty');
  if (price.minor < 0n) return refuseField('UnitPrice', UnitPrice!, 'is below zero');
  const customer = /^(?:(\d+)(?:\.0)?)?$/.exec(CustomerID!.trim());
  if (!customer) return refuseField('CustomerID', CustomerID!, 'is not a number');
  if (Country!.trim() === '') return refuseField('Country', Country!, 'is empty');

  const cancels = invoice!.startsWith('C');
  if (cancels && quantity > 0n) return refuseField('Quantity', Quantity!, 'is above zero on a cancellation');
  const description = Description!.trim();
  const writesOff = !cancels && quantity < 0n;
  if (writesOff && price.minor !== 0n) return refuseField('Quantity', Quantity!, 'is below zero, with a price, and no cancellation');
  const kind = writesOff ? 'write-off' : (NOT_GOODS.get(code.toUpperCase()) ?? 'goods');
  const value = { invoice: invoice!, cancels, kind, code, description, quantity, unitPrice: price.minor, day, time: at[4]!, customer: customer[1], country: Country!.trim() };
  return { accepted: true, value, notes: notesOf(value) };
}

function notesOf({ cancels, kind, unitPrice, description, customer }: RetailLine): readonly string[] {
  const notes: string[] = [];
  if (cancels) notes.push(RETAIL_NOTES.cancellation);
  if (kind === 'write-off') notes.push(RETAIL_NOTES.writeOff);
  else if (kind !== 'goods') notes.push(RETAIL_NOTES.notGoods);
  else if (unitPrice === 0n) notes.push(RETAIL_NOTES.noPrice);
  if (description === '') notes.push(RETAIL_NOTES.noDescription);
  if (customer === undefined) notes.push(RETAIL_NOTES.noCustomer);
  return notes;
}

/** What is odd about a line only beside the lines before it. The first spelling, description and minute are the ones that the others differ from. */
function withNotesOfContext(rows: readonly ParsedRow<RetailLine>[]): readonly ParsedRow<RetailLine>[] {
  const first = new Map<string, string>();
  const differs = (what: string, key: string, value: string): boolean => {
    const known = first.get(`${what} ${key}`);
    if (known === undefined) first.set(`${what} ${key}`, value);
    return known !== undefined && known !== value;
  };
  const lines = new Set<string>();
  return rows.map((row) => {
    const { invoice, code, description, time } = row.value;
    const spelling = code.toUpperCase();
    const notes = [...row.notes];
    if (lines.has(row.source.raw)) notes.push(RETAIL_NOTES.repeated);
    lines.add(row.source.raw);
    if (differs('spelling', spelling, code)) notes.push(RETAIL_NOTES.otherSpelling);
    if (description !== '' && differs('description', spelling, description)) notes.push(RETAIL_NOTES.otherDescription);
    if (differs('minute', invoice, time)) notes.push(RETAIL_NOTES.otherMinute);
    return notes.length === row.notes.length ? row : { ...row, notes };
  });
}

/** An invoice or a cancellation with its lines in the order of the file, at its first minute. */
export interface RetailInvoice {
  readonly number: string;
  readonly cancels: boolean;
  readonly time: string;
  readonly customer: string | undefined;
  readonly country: string;
  readonly lines: readonly ParsedRow<RetailLine>[];
}

/** The invoices of a file in order of time, those of one minute in the order of the file. */
export function invoicesOf(rows: readonly ParsedRow<RetailLine>[]): readonly RetailInvoice[] {
  const invoices = [...Map.groupBy(rows, ({ value }) => value.invoice)].map(([number, lines]): RetailInvoice => {
    const [{ value: { cancels, customer, country, time } }] = lines as [ParsedRow<RetailLine>];
    return { number, cancels, time, customer, country, lines };
  });
  return invoices.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** What becomes of a line, and why where it is not simply sold. */
export interface RetailOutcome {
  readonly outcome: 'ordered' | 'charged' | 'cancelled' | 'written off' | 'kept on file';
  readonly reason: string;
}

/** The outcome of every line: none is lost. */
export function outcomeOf({ cancels, kind, unitPrice }: RetailLine): RetailOutcome {
  switch (kind) {
    case 'goods':
      if (cancels) return { outcome: 'cancelled', reason: 'gives back what open lines of the same customer and item hold, once' };
      return { outcome: 'ordered', reason: unitPrice === 0n ? 'goods that left at no price' : '' };
    case 'write-off':
      return { outcome: 'written off', reason: 'below zero without a cancellation, at no price: stock that was lost' };
    case 'postage':
    case 'fee':
    case 'manual':
    case 'discount':
    case 'sample':
      if (cancels) return { outcome: 'kept on file', reason: `a ${kind} taken back: no goods to give back` };
      return { outcome: 'charged', reason: `${kind}: no goods` };
  }
}
