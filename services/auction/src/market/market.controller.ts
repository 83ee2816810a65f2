import { Controller } from '@nestjs/common';
import {
  type CreateMarketRequest,
  type CreateMarketResponse,
  type FeeSchedule,
  type GetBoardRequest,
  GetBoardResponse,
  type GetMarketRequest,
  type GetMarketResponse,
  type ListMarketsRequest,
  type ListMarketsResponse,
  Market as MarketMessage,
  type MarketRules as MarketRulesMessage,
  MarketServiceService,
} from '@naru/contracts/gen/naru/auction/v1/market_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { Database, type Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { isBusinessDay } from '../codes.js';
import { FIRST_DAY, setFees } from '../fees/fees.js';
import { toFees } from '../fees/fees.message.js';
import { insertFees } from '../fees/fees.store.js';
import { boardOf } from './board.store.js';
import { type Market, type MarketRules, createMarket } from './market.js';
import { MarketStore } from './market.store.js';

function toRules(rules: MarketRulesMessage): MarketRules {
  return {
    ...rules,
    lotOpenMs: Number(rules.lotOpenMs),
    softCloseWindowMs: Number(rules.softCloseWindowMs),
    softCloseExtensionMs: Number(rules.softCloseExtensionMs),
    hardEndMs: Number(rules.hardEndMs),
  };
}

function toMessage(market: Market): MarketMessage {
  const { rules } = market;
  return MarketMessage.fromPartial({
    ...market,
    rules: {
      ...rules,
      increments: [...rules.increments],
      commissionCaps: [...rules.commissionCaps],
      lotOpenMs: BigInt(rules.lotOpenMs),
      softCloseWindowMs: BigInt(rules.softCloseWindowMs),
      softCloseExtensionMs: BigInt(rules.softCloseExtensionMs),
      hardEndMs: BigInt(rules.hardEndMs),
    },
  });
}

@Controller()
export class MarketController {
  constructor(
    private readonly markets: MarketStore,
    private readonly database: Database,
    private readonly ids: Ids,
    private readonly pages: PageTokens,
  ) {}

  @Command(MarketServiceService.createMarket)
  async createMarket(request: CreateMarketRequest, call: CommandCall): Promise<CreateMarketResponse> {
    const { code, name, timeZone } = request;
    const decision = createMarket({ marketId: this.ids.next(), code, name, operatorOrganizationId: call.caller.organizationId, timeZone, rules: toRules(request.rules!) });
    const { market } = eventsOf(decision)[0]!;
    if (!(await this.markets.insert(call.tx, market))) refused('ALREADY_EXISTS', { what: code });
    if (request.fees) await this.#setFees(call.tx, market, request.fees);
    return { market: toMessage(market) };
  }

  @Rpc(MarketServiceService.getMarket)
  async getMarket(request: GetMarketRequest): Promise<GetMarketResponse> {
    const market = (await this.markets.find(request.marketId)) ?? refused('NOT_FOUND');
    return { market: toMessage(market) };
  }

  @Rpc(MarketServiceService.listMarkets)
  async listMarkets(request: ListMarketsRequest, call: Call): Promise<ListMarketsResponse> {
    const { organizationId } = call.caller;
    const size = pageSize(request.pageSize);
    const rows = await this.markets.list(this.pages.open(request.pageToken, 'markets', organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, 'markets', organizationId, (market) => market.marketId);
    return { markets: items.map(toMessage), nextPageToken };
  }

  @Rpc(MarketServiceService.getBoard)
  async getBoard(request: GetBoardRequest): Promise<GetBoardResponse> {
    const { marketId, businessDay } = request;
    const market = (await this.markets.find(marketId)) ?? refused('NOT_FOUND');
    if (!isBusinessDay(businessDay)) refused('BUSINESS_DAY_UNKNOWN', { businessDay });
    const board = await boardOf(this.database, marketId, businessDay);
    const money = (amount: bigint) => ({ currency: market.rules.currency, amount });
    return GetBoardResponse.fromPartial({
      marketId,
      businessDay,
      lotsSold: board.lotsSold,
      lotsPassed: board.lotsPassed,
      asOf: board.asOf === undefined ? undefined : new Date(board.asOf),
      lines: board.lines.map((line) => ({ ...line, averagePrice: money(line.averagePrice), highPrice: money(line.highPrice), lowPrice: money(line.lowPrice) })),
    });
  }

  async #setFees(tx: Transaction, market: Market, message: FeeSchedule): Promise<void> {
    for (const businessDay of message.holidays) if (!isBusinessDay(businessDay)) refused('BUSINESS_DAY_UNKNOWN', { businessDay });
    const [set] = eventsOf(setFees(toFees(message, 1, FIRST_DAY), market.rules.commissionCaps));
    await insertFees(tx, market.marketId, set!.fees);
  }
}
