import { Controller } from '@nestjs/common';
import type { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import {
  type CorrectSlipRequest,
  type CorrectSlipResponse,
  type GetSlipPdfRequest,
  type GetSlipRequest,
  type GetSlipResponse,
  type ListSlipsRequest,
  type ListSlipsResponse,
  Slip as SlipMessage,
  SlipServiceService,
} from '@naru/contracts/gen/naru/auction/v1/slip_service';
import { refused } from '@naru/kernel/decision';
import { type Id, isUuid } from '@naru/kernel/ids';
import { Database } from '@naru/platform/database';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { languageOf } from '../print/language.js';
import { namesOf } from '../print/party.store.js';
import { pdfOf } from '../print/pdf.shell.js';
import { printedSlip } from '../print/slip.js';
import { Corrections } from '../settlement/correction.shell.js';
import { viewerOf } from '../viewer.js';
import type { SlipView } from './slip.js';
import { findSlip, listSlips } from './slip.store.js';

function toMessage(slip: SlipView, { rules }: Market): SlipMessage {
  const money = (amount: bigint) => ({ currency: rules.currency, amount });
  return SlipMessage.fromPartial({
    ...slip,
    price: money(slip.price),
    amount: money(slip.amount),
    issuedAt: new Date(slip.issuedAt),
    correctsSlipId: slip.correctsSlipId ?? '',
    correctedBySlipId: slip.correctedBySlipId ?? '',
    reason: slip.reason ?? '',
  });
}

@Controller()
export class SlipController {
  constructor(
    private readonly markets: MarketStore,
    private readonly corrections: Corrections,
    private readonly database: Database,
    private readonly pages: PageTokens,
  ) {}

  @Rpc(SlipServiceService.getSlip)
  async getSlip(request: GetSlipRequest, call: Call): Promise<GetSlipResponse> {
    const slip = await this.#seen(request.slipId, call);
    return { slip: toMessage(slip, (await this.markets.find(slip.marketId))!) };
  }

  @Rpc(SlipServiceService.listSlips)
  async listSlips(request: ListSlipsRequest, call: Call): Promise<ListSlipsResponse> {
    const { organizationId } = call.caller;
    const { sessionId, lotId } = request;
    const list = `slips ${sessionId} ${lotId}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    if ([sessionId, lotId].some((id) => id !== '' && !isUuid(id))) return { slips: [], nextPageToken: '' };
    const rows = await listSlips(this.database, viewerOf(call.caller), { sessionId: sessionId || undefined, lotId: lotId || undefined, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (slip) => slip.slipId);
    const slips: SlipMessage[] = [];
    for (const slip of items) slips.push(toMessage(slip, (await this.markets.find(slip.marketId))!));
    return { slips, nextPageToken };
  }

  @Command(SlipServiceService.correctSlip)
  async correctSlip({ slipId, reason, priceAmount, quantity }: CorrectSlipRequest, { tx, caller }: CommandCall): Promise<CorrectSlipResponse> {
    const corrected = await this.corrections.correctSlip(tx, viewerOf(caller), slipId, reason, { price: priceAmount, quantity });
    const slip = (await findSlip(tx, corrected))!;
    return { slip: toMessage(slip, (await this.markets.find(slip.marketId, tx))!) };
  }

  @Rpc(SlipServiceService.getSlipPdf)
  async getSlipPdf(request: GetSlipPdfRequest, call: Call): Promise<HttpBody> {
    const slip = await this.#seen(request.slipId, call);
    const market = (await this.markets.find(slip.marketId))!;
    const names = await namesOf(this.database, [slip.operatorOrganizationId, slip.consignorOrganizationId, slip.buyerOrganizationId]);
    return pdfOf(printedSlip(slip, market, names, languageOf(request.language)));
  }

  async #seen(slipId: Id, call: Call): Promise<SlipView> {
    const [slip] = await listSlips(this.database, viewerOf(call.caller), { slipId, limit: 1 });
    return slip ?? refused('NOT_FOUND');
  }
}
