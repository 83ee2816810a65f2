import type { ApiClient } from '../api/client.js';
import type { Plan } from '../scenarios/market-day/actions.js';
import { abreast } from '../scenarios/driver/abreast.js';

export interface BoardLine {
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly tradeUnit: string;
  readonly lots: string;
  readonly volume: string;
  readonly averagePrice: BoardMoney;
  readonly highPrice: BoardMoney;
  readonly lowPrice: BoardMoney;
}

interface BoardMoney {
  readonly currency: string;
  readonly amount: string;
}

export interface Board {
  readonly lotsSold: string;
  readonly lotsPassed: string;
  readonly lines: readonly BoardLine[];
}

interface MarketPage {
  readonly markets: readonly { readonly marketId: string; readonly code: string }[];
  readonly nextPageToken: string;
}

/** Boards that are asked for at once. */
const ABREAST = 32;

/**
 * The public boards of a plan's day, by the plan's key of the market; undefined when the day is not over: a market is missing, or
 * lots of it have no hammer yet.
 */
export async function finishedBoards(plan: Plan, api: ApiClient): Promise<ReadonlyMap<string, Board> | undefined> {
  const ids = await marketIds(api);
  const due = Map.groupBy(plan.lots, ({ market }) => market);
  const markets = plan.actions.flatMap((action) => (action.kind === 'create-market' && due.has(action.market) ? [{ key: action.market, id: ids.get(action.body.code) }] : []));
  if (markets.some(({ id }) => id === undefined)) return undefined;
  const boards = new Map<string, Board>();
  let over = true;
  await abreast(markets, ABREAST, undefined, async ({ key, id }) => {
    if (!over) return;
    const board = await api.get<Board>(`/v1/markets/${id!}/board?businessDay=${plan.day}`);
    boards.set(key, board);
    if (Number(board.lotsSold) + Number(board.lotsPassed) < due.get(key)!.length) over = false;
  });
  return over ? boards : undefined;
}

/** Ids of all markets by their codes. */
async function marketIds(api: ApiClient): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (let token = ''; ; ) {
    const page = await api.get<MarketPage>(`/v1/markets?pageSize=500&pageToken=${encodeURIComponent(token)}`);
    for (const { code, marketId } of page.markets) ids.set(code, marketId);
    if (page.nextPageToken === '') return ids;
    token = page.nextPageToken;
  }
}
