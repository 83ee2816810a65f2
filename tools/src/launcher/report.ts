import Table from 'cli-table3';
import { type Money, formatMinor } from '@naru/kernel/money';
import type { ApiClient } from '../api/client.js';
import type { PlanIds } from '../scenarios/driver/caller.js';
import type { ExpectedLot, Plan } from '../scenarios/market-day/actions.js';

interface BoardLine {
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly tradeUnit: string;
  readonly lots: string;
  readonly volume: string;
  readonly averagePrice: { readonly currency: string; readonly amount: string };
}

export interface Board {
  readonly lotsSold: string;
  readonly lotsPassed: string;
  readonly lines: readonly BoardLine[];
}

/** One row of the table at the end of a day. */
interface Row {
  readonly name: string;
  listed: number;
  sold: number;
  atRealPrice: number;
  turnover: bigint;
  real: bigint;
}

export interface DayReport {
  readonly sold: number;
  readonly lots: number;
  readonly table: string;
}

const nameOf = (line: Pick<BoardLine, 'item' | 'variety' | 'grade'>, unit: string): string => [line.item, line.variety, line.grade, unit].join('\n');

/** The public boards of the plan's markets beside the figures of its files. */
export async function reportOf(plan: Plan, ids: PlanIds, api: ApiClient): Promise<DayReport> {
  const markets = new Set(plan.lots.map((lot) => lot.market));
  const rows = new Map<string, Row>();
  let sold = 0;
  for (const market of markets) {
    const board = await api.get<Board>(`/v1/markets/${ids.of('market', market)}/board?businessDay=${plan.day}`);
    sold += Number(board.lotsSold);
    const lots = Map.groupBy(plan.lots.filter((lot) => lot.market === market), (lot) => nameOf(lot.goods, lot.goods.tradeUnit.label));
    const lines = new Map(board.lines.map((line) => [nameOf(line, line.tradeUnit), line]));
    for (const [name, expected] of lots) add(rows, expected, lines.get(name));
  }
  return { sold, lots: plan.lots.length, table: tableOf([...rows.values()], plan.currency) };
}

function add(rows: Map<string, Row>, expected: readonly ExpectedLot[], line: BoardLine | undefined): void {
  const name = expected[0]!.goods.category.replace('CATEGORY_', '').toLowerCase().replaceAll('_', ' ');
  const row = rows.get(name) ?? { name, listed: 0, sold: 0, atRealPrice: 0, turnover: 0n, real: 0n };
  rows.set(name, row);
  row.listed += expected.length;
  for (const { outcome, quantity } of expected) if (outcome.kind === 'sold') row.real += outcome.price * quantity;
  if (!line) return;
  const average = BigInt(line.averagePrice.amount);
  row.sold += Number(line.lots);
  row.turnover += average * BigInt(line.volume);
  row.atRealPrice += expected.filter(({ outcome }) => outcome.kind === 'sold' && (expected.length > 1 || outcome.price === average)).length;
}

function tableOf(rows: readonly Row[], currency: string): string {
  const table = new Table({ head: ['category', 'listed', 'sold', 'at the real price', `turnover ${currency}`, 'by the real prices'], style: { head: [], border: [] }, colAligns: ['left', 'right', 'right', 'right', 'right', 'right'] });
  const amount = (value: bigint): string => formatMinor({ currency, amount: value } satisfies Money);
  for (const row of rows) table.push([row.name, row.listed, row.sold, row.atRealPrice, amount(row.turnover), amount(row.real)]);
  const sum = (pick: (row: Row) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const total = (pick: (row: Row) => bigint): bigint => rows.reduce((all, row) => all + pick(row), 0n);
  table.push(['all', sum((r) => r.listed), sum((r) => r.sold), sum((r) => r.atRealPrice), amount(total((r) => r.turnover)), amount(total((r) => r.real))]);
  return table.toString();
}
