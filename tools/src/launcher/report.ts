import { type Money, divideHalfEven, formatMinor } from '@naru/kernel/money';
import { plainTable } from '../text/plain-table.js';
import type { ExpectedLot, Plan } from '../scenarios/market-day/actions.js';
import type { Board, BoardLine } from './boards.js';

/** One row of the table at the end of a day. */
interface Row {
  readonly name: string;
  readonly listed: number;
  readonly sold: number;
  /** Lots of board lines that say what the files say. */
  readonly asPublished: number;
  readonly turnover: bigint;
  /** Turnover by the published prices. */
  readonly published: bigint;
}

export interface DayReport {
  readonly sold: number;
  readonly lots: number;
  readonly table: string;
}

/** The public boards of a day's markets, by the plan's keys, beside the figures of its files; a row per group of lots. */
export function reportOf(plan: Plan, boards: ReadonlyMap<string, Board>, groups: string, groupOf: (lot: ExpectedLot) => string): DayReport {
  const lines = [...Map.groupBy(plan.lots, (lot) => nameOf(lot.market, lot.goods, lot.goods.tradeUnit.label))];
  const shown = new Map([...boards].flatMap(([market, board]) => board.lines.map((line) => [nameOf(market, line, line.tradeUnit), line])));
  const rows = lines.map(([name, lots]) => rowOf(groupOf(lots[0]!), lots, shown.get(name)));
  const table = [...Map.groupBy(rows, ({ name }) => name)].map(([name, own]) => sumOf(name, own));
  const sold = [...boards.values()].reduce((sum, board) => sum + Number(board.lotsSold), 0);
  return { sold, lots: plan.lots.length, table: tableOf([...table, sumOf('all', table)], groups, plan.currency) };
}

function nameOf(market: string, { item, variety, grade }: Pick<BoardLine, 'item' | 'variety' | 'grade'>, unit: string): string {
  return [market, item, variety, grade, unit].join('\n');
}

function rowOf(name: string, lots: readonly ExpectedLot[], line: BoardLine | undefined): Row {
  const sold = lots.flatMap(({ outcome, quantity }) => (outcome.kind === 'sold' ? [{ price: outcome.price, quantity }] : []));
  const published = sold.reduce((sum, { price, quantity }) => sum + price * quantity, 0n);
  const row = { name, listed: lots.length, sold: 0, asPublished: 0, turnover: 0n, published };
  if (!line) return row;
  const volume = sold.reduce((sum, { quantity }) => sum + quantity, 0n);
  const prices = sold.map(({ price }) => price).sort((a, b) => (a < b ? -1 : 1));
  const same = Number(line.lots) === sold.length && BigInt(line.volume) === volume && BigInt(line.averagePrice.amount) === divideHalfEven(published, volume)
    && BigInt(line.lowPrice.amount) === prices[0] && BigInt(line.highPrice.amount) === prices.at(-1);
  return { ...row, sold: Number(line.lots), asPublished: same ? sold.length : 0, turnover: BigInt(line.averagePrice.amount) * BigInt(line.volume) };
}

function sumOf(name: string, rows: readonly Row[]): Row {
  return rows.reduce((sum, row) => ({
    name,
    listed: sum.listed + row.listed,
    sold: sum.sold + row.sold,
    asPublished: sum.asPublished + row.asPublished,
    turnover: sum.turnover + row.turnover,
    published: sum.published + row.published,
  }));
}

function tableOf(rows: readonly Row[], groups: string, currency: string): string {
  const amount = (value: bigint): string => formatMinor({ currency, amount: value } satisfies Money);
  const cells = rows.map(({ name, listed, sold, asPublished, turnover, published }) => [name, ...[listed, sold, asPublished].map((n) => n.toLocaleString('en-US')), amount(turnover), amount(published)]);
  return plainTable([groups, 'lots', 'sold', 'as published', `turnover, ${currency}`, 'by published prices'], cells, ['left', 'right', 'right', 'right', 'right', 'right']);
}
