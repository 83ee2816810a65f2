import { Controller } from '@nestjs/common';
import { type GetFeesRequest, type GetFeesResponse, MarketServiceService, type ReviseFeesRequest, type ReviseFeesResponse } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import type { CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { isBusinessDay } from '../codes.js';
import { MarketStore } from '../market/market.store.js';
import { operates, viewerOf } from '../viewer.js';
import { reviseFees } from './fees.js';
import { feesMessage, toFees } from './fees.message.js';
import { feesOn, insertFees, lastFees } from './fees.store.js';

@Controller()
export class FeesController {
  constructor(
    private readonly markets: MarketStore,
    private readonly database: Database,
    private readonly time: BusinessTime,
  ) {}

  @Command(MarketServiceService.reviseFees)
  async reviseFees(request: ReviseFeesRequest, { tx, caller }: CommandCall): Promise<ReviseFeesResponse> {
    const { marketId, effectiveFrom } = request;
    const market = await this.markets.find(marketId, tx);
    if (!market || !operates(viewerOf(caller), market.operatorOrganizationId)) refused('NOT_FOUND');
    for (const businessDay of [effectiveFrom, ...request.fees!.holidays]) if (!isBusinessDay(businessDay)) refused('BUSINESS_DAY_UNKNOWN', { businessDay });
    const last = await lastFees(tx, marketId);
    const [set] = eventsOf(reviseFees(toFees(request.fees!, last.version + 1, effectiveFrom), last, market.rules.commissionCaps, businessDayOf(this.time.now(), market.timeZone)));
    if (!(await insertFees(tx, marketId, set!.fees))) refused('ABORTED');
    return { fees: feesMessage(set!.fees) };
  }

  @Rpc(MarketServiceService.getFees)
  async getFees(request: GetFeesRequest): Promise<GetFeesResponse> {
    const market = (await this.markets.find(request.marketId)) ?? refused('NOT_FOUND');
    const day = request.businessDay || businessDayOf(this.time.now(), market.timeZone);
    if (!isBusinessDay(day)) refused('BUSINESS_DAY_UNKNOWN', { businessDay: day });
    return { fees: feesMessage(await feesOn(this.database, market.marketId, day)) };
  }
}
