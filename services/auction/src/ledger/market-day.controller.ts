import { Controller } from '@nestjs/common';
import { MarketDayClosed as MarketDayClosedMessage } from '@naru/contracts/gen/naru/auction/v1/events';
import {
  type CloseMarketDayRequest,
  type CloseMarketDayResponse,
  type GetMarketDayRequest,
  type GetMarketDayResponse,
  type ListPostingsRequest,
  type ListPostingsResponse,
  MarketDay as MarketDayMessage,
  MarketDayPhase,
  MarketDayServiceService,
} from '@naru/contracts/gen/naru/auction/v1/market_day_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { occurred } from '@naru/platform/event';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { isBusinessDay } from '../codes.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import type { Queries } from '../queries.js';
import { operates, viewerOf } from '../viewer.js';
import { type DayFigures, type MarketDay, closeMarketDay } from './market-day.js';
import { accountsOf, figuresOf, findDay, lockDay, saveClosed } from './market-day.store.js';
import { listPostings } from './posting.store.js';

@Controller()
export class MarketDayController {
  constructor(
    private readonly markets: MarketStore,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Rpc(MarketDayServiceService.getMarketDay)
  async getMarketDay(request: GetMarketDayRequest, call: Call): Promise<GetMarketDayResponse> {
    const { marketId, businessDay } = request;
    const market = await this.#operated(marketId, call);
    if (!isBusinessDay(businessDay)) refused('BUSINESS_DAY_UNKNOWN', { businessDay });
    return { day: await messageOf(this.database, market, await findDay(this.database, marketId, businessDay), await figuresOf(this.database, marketId, businessDay)) };
  }

  @Command(MarketDayServiceService.closeMarketDay)
  async closeMarketDay(request: CloseMarketDayRequest, call: CommandCall): Promise<CloseMarketDayResponse> {
    const { tx } = call;
    const { marketId, businessDay } = request;
    const market = await this.#operated(marketId, call, tx);
    if (!isBusinessDay(businessDay)) refused('BUSINESS_DAY_UNKNOWN', { businessDay });
    const now = this.time.now();
    const day = await lockDay(tx, marketId, businessDay);
    const figures = await figuresOf(tx, marketId, businessDay);
    const [closed] = eventsOf(closeMarketDay(day, figures, businessDayOf(now, market.timeZone), now));
    await saveClosed(tx, marketId, businessDay, figures, closed!.closedAt);
    const { slips, notes, invoices } = figures;
    const money = (amount: bigint) => ({ currency: market.rules.currency, amount });
    const data = { marketId, marketCode: market.code, businessDay, debits: money(figures.debits), credits: money(figures.credits), slips, notes, invoices };
    await this.outbox.publish(tx, [occurred(MarketDayClosedMessage, data, now)]);
    return { day: await messageOf(tx, market, { ...day, phase: 'closed', closedAt: closed!.closedAt }, figures) };
  }

  @Rpc(MarketDayServiceService.listPostings)
  async listPostings(request: ListPostingsRequest, call: Call): Promise<ListPostingsResponse> {
    const { organizationId } = call.caller;
    const market = await this.#operated(request.marketId, call);
    const list = `postings ${request.marketId}`;
    const size = pageSize(request.pageSize);
    const rows = await listPostings(this.database, request.marketId, this.pages.open(request.pageToken, list, organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (row) => `${row.documentId} ${row.line}`);
    const postings = items.map((row) => ({
      ...row,
      organizationId: row.organizationId ?? '',
      reversesDocumentId: row.reversesDocumentId ?? '',
      amount: { currency: market.rules.currency, amount: row.amount },
    }));
    return { postings, nextPageToken };
  }

  async #operated(marketId: Id, { caller }: Call, queries: Queries = this.database): Promise<Market> {
    const market = await this.markets.find(marketId, queries);
    return market && operates(viewerOf(caller), market.operatorOrganizationId) ? market : refused('NOT_FOUND');
  }
}

async function messageOf(queries: Queries, market: Market, day: MarketDay, figures: DayFigures): Promise<MarketDayMessage> {
  const money = (amount: bigint) => ({ currency: market.rules.currency, amount });
  const accounts = await accountsOf(queries, market.marketId, day.businessDay);
  return {
    ...figures,
    marketId: market.marketId,
    businessDay: day.businessDay,
    phase: day.phase === 'closed' ? MarketDayPhase.CLOSED : MarketDayPhase.OPEN,
    debits: money(figures.debits),
    credits: money(figures.credits),
    accounts: accounts.map((figure) => ({ account: figure.account, debits: money(figure.debits), credits: money(figure.credits) })),
    closedAt: day.closedAt === undefined ? undefined : new Date(day.closedAt),
  };
}
