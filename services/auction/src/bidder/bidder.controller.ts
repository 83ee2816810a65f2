import { Controller } from '@nestjs/common';
import {
  type AdmitBidderRequest,
  type AdmitBidderResponse,
  Bidder as BidderMessage,
  BidderServiceService,
  type GetBidderRequest,
  type GetBidderResponse,
  type ListBiddersRequest,
  type ListBiddersResponse,
  type SuspendBidderRequest,
  type SuspendBidderResponse,
} from '@naru/contracts/gen/naru/auction/v1/bidder_service';
import { AffiliationDeclared } from '@naru/contracts/gen/naru/identity/v1/events';
import { refused } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, date, type Transaction } from '@naru/platform/database';
import type { Delivered } from '@naru/platform/event';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Consumes, Rpc } from '@naru/platform/rpc/decorators';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { viewerOf } from '../viewer.js';
import { type Account, listAccounts, lockAccount, saveAdmission } from './bidder.store.js';

function toMessage(account: Account, { rules }: Market): BidderMessage {
  const money = (amount: bigint) => ({ currency: rules.currency, amount });
  return BidderMessage.fromPartial({
    ...account,
    categories: [...account.categories],
    licensedUntil: new Date(account.licensedUntil),
    deposit: money(account.deposit),
    credit: money(account.credit),
    exposure: money(account.exposure),
  });
}

@Controller()
export class BidderController {
  constructor(
    private readonly markets: MarketStore,
    private readonly database: Database,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(BidderServiceService.admitBidder)
  async admitBidder(request: AdmitBidderRequest, call: CommandCall): Promise<AdmitBidderResponse> {
    const { marketId, organizationId, categories } = request;
    const market = await this.#operated(call, marketId);
    const known = await lockAccount(call.tx, marketId, organizationId);
    const exposure = known?.exposure ?? 0n;
    const [deposit, credit] = [request.depositAmount, request.creditAmount];
    if (exposure > deposit + credit) refused('LIMIT_BELOW_EXPOSURE', { exposure: String(exposure) });
    const admission = (known?.admission ?? 0) + 1;
    const account: Account = { marketId, organizationId, admission, categories, licensedUntil: request.licensedUntil!.getTime(), suspended: false, deposit, credit, exposure, overdueInvoices: known?.overdueInvoices ?? 0 };
    await saveAdmission(call.tx, account, this.time.now());
    return { bidder: toMessage(account, market) };
  }

  @Command(BidderServiceService.suspendBidder)
  async suspendBidder(request: SuspendBidderRequest, call: CommandCall): Promise<SuspendBidderResponse> {
    const market = await this.#operated(call, request.marketId);
    const known = (await lockAccount(call.tx, request.marketId, request.organizationId)) ?? refused('NOT_FOUND');
    const account: Account = { ...known, admission: known.admission + 1, suspended: true };
    await saveAdmission(call.tx, account, this.time.now());
    return { bidder: toMessage(account, market) };
  }

  @Rpc(BidderServiceService.getBidder)
  async getBidder(request: GetBidderRequest, call: Call): Promise<GetBidderResponse> {
    const market = (await this.markets.find(request.marketId)) ?? refused('NOT_FOUND');
    const [account] = await listAccounts(this.database, viewerOf(call.caller), { ...request, limit: 1 });
    return { bidder: toMessage(account ?? refused('NOT_FOUND'), market) };
  }

  @Rpc(BidderServiceService.listBidders)
  async listBidders(request: ListBiddersRequest, call: Call): Promise<ListBiddersResponse> {
    const market = (await this.markets.find(request.marketId)) ?? refused('NOT_FOUND');
    const { organizationId } = call.caller;
    const list = `bidders ${request.marketId}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    const rows = await listAccounts(this.database, viewerOf(call.caller), { marketId: request.marketId, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (account) => account.organizationId);
    return { bidders: items.map((account) => toMessage(account, market)), nextPageToken };
  }

  /** An affiliate of a consignor leads none of its lots from now on (rule A8). */
  @Consumes(AffiliationDeclared)
  async recordAffiliation(event: Delivered<AffiliationDeclared>, tx: Transaction): Promise<void> {
    const { organizationId, affiliateOrganizationId } = event.data;
    await tx.query(
      `insert into affiliations (organization_id, affiliate_organization_id, known_at) values ($1, $2, $3), ($2, $1, $3)
       on conflict (organization_id, affiliate_organization_id) do nothing`,
      [organizationId, affiliateOrganizationId, date(this.time.now())],
    );
  }

  async #operated({ caller, tx }: CommandCall, marketId: Id): Promise<Market> {
    const market = await this.markets.find(marketId, tx);
    return market && (caller.system || market.operatorOrganizationId === caller.organizationId) ? market : refused('NOT_FOUND');
  }
}
