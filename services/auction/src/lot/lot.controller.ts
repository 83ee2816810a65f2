import { Controller } from '@nestjs/common';
import type { Goods } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import {
  type GetLotRequest,
  type GetLotResponse,
  type ListBidsRequest,
  type ListBidsResponse,
  type ListLotRequest,
  type ListLotResponse,
  type ListLotsRequest,
  type ListLotsResponse,
  Lot as LotMessage,
  LotPhase as PhaseMessage,
  LotServiceService,
  type PlaceBidRequest,
  type PlaceBidResponse,
  type WithdrawLotRequest,
  type WithdrawLotResponse,
} from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { type Id, isUuid } from '@naru/kernel/ids';
import type { Minor } from '@naru/kernel/money';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { goodsOf } from '../consignment/consignment.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { takePlace } from '../session/session.store.js';
import { type Viewer, operates, viewerOf } from '../viewer.js';
import { listBids } from './bid.store.js';
import { minimumBid } from './bidding.js';
import { lotListed, lotWithdrawn } from './lot.events.js';
import { type Lot, type LotPhase, evolve, listLot, withdrawLot } from './lot.js';
import { listLots, lockLot, saveLot } from './lot.store.js';
import { LotTurnstile } from './lot.turnstile.js';

const PHASES: Readonly<Record<LotPhase, PhaseMessage>> = {
  waiting: PhaseMessage.WAITING,
  received: PhaseMessage.RECEIVED,
  listed: PhaseMessage.LISTED,
  open: PhaseMessage.OPEN,
  sold: PhaseMessage.SOLD,
  passed: PhaseMessage.PASSED,
  withdrawn: PhaseMessage.WITHDRAWN,
  barred: PhaseMessage.BARRED,
};

/** A lot as `viewer` sees it: never who leads, nor up to which limit. */
function toMessage(lot: Lot, goods: Goods, { rules }: Market, viewer: Viewer): LotMessage {
  const money = (amount: Minor) => ({ currency: rules.currency, amount });
  const listing = 'listing' in lot ? lot.listing : undefined;
  const sale = 'openedAt' in lot ? lot : undefined;
  const { dossier } = lot;
  return LotMessage.fromPartial({
    lotId: dossier.lotId,
    code: dossier.code,
    marketId: dossier.marketId,
    consignmentId: dossier.consignmentId,
    goods,
    quantity: dossier.quantity,
    weighedGrams: dossier.weighedGrams,
    phase: PHASES[lot.phase],
    ...(listing && { sessionId: listing.sessionId, position: listing.position, startPrice: money(listing.startPrice) }),
    ...(sale && { sequence: sale.sequence, openedAt: new Date(sale.openedAt), closesAt: new Date(sale.closesAt), leading: sale.lead?.organizationId === viewer.organizationId }),
    ...(sale?.lead && { price: money(sale.lead.price) }),
    ...(lot.phase === 'open' && { minimumBid: money(minimumBid(lot, rules, viewer.organizationId)) }),
    ...('closedAt' in lot && { closedAt: new Date(lot.closedAt) }),
    ...(lot.phase === 'sold' && { hammerAmount: money(lot.lead.price * dossier.quantity) }),
  });
}

@Controller()
export class LotController {
  constructor(
    private readonly turnstile: LotTurnstile,
    private readonly markets: MarketStore,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(LotServiceService.listLot)
  async listLot(request: ListLotRequest, call: CommandCall): Promise<ListLotResponse> {
    const { tx } = call;
    const { lot, market } = await this.#operated(tx, request.lotId, viewerOf(call.caller));
    // The session is locked for a received lot alone: whoever holds a session may be waiting for one of its lots.
    const position = lot.phase === 'received' ? await takePlace(tx, request.sessionId, market.marketId) : 0;
    const events = eventsOf(listLot(lot, { sessionId: request.sessionId, position, startPrice: request.startPriceAmount }, market.rules));
    const listed = events.reduce(evolve, lot) as Extract<Lot, { phase: 'listed' }>;
    saveLot(tx, listed);
    await this.outbox.publish(tx, [lotListed(listed, market, this.time.now())]);
    return { lot: await this.#message(listed, call, tx) };
  }

  @Command(LotServiceService.withdrawLot)
  async withdrawLot(request: WithdrawLotRequest, call: CommandCall): Promise<WithdrawLotResponse> {
    const { tx } = call;
    const { lot, market } = await this.#operated(tx, request.lotId, viewerOf(call.caller));
    const withdrawn = eventsOf(withdrawLot(lot, request.reason)).reduce(evolve, lot) as Extract<Lot, { phase: 'withdrawn' }>;
    saveLot(tx, withdrawn);
    await this.outbox.publish(tx, [lotWithdrawn(withdrawn, market, this.time.now())]);
    return { lot: await this.#message(withdrawn, call, tx) };
  }

  @Rpc(LotServiceService.placeBid)
  placeBid(request: PlaceBidRequest, call: Call): Promise<PlaceBidResponse> {
    return this.turnstile.placeBid(request, call);
  }

  @Rpc(LotServiceService.getLot)
  async getLot(request: GetLotRequest, call: Call): Promise<GetLotResponse> {
    return { lot: await this.#message(await this.#seen(request.lotId, call), call) };
  }

  @Rpc(LotServiceService.listLots)
  async listLots(request: ListLotsRequest, call: Call): Promise<ListLotsResponse> {
    const { organizationId } = call.caller;
    const list = `lots ${request.sessionId} ${request.phase}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    if (request.sessionId !== '' && !isUuid(request.sessionId)) return { lots: [], nextPageToken: '' };
    const phase = (Object.keys(PHASES) as LotPhase[]).find((some) => PHASES[some] === request.phase);
    const rows = await listLots(this.database, viewerOf(call.caller), { sessionId: request.sessionId || undefined, phase, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (lot) => lot.dossier.lotId);
    return { lots: await this.#messages(items, call), nextPageToken };
  }

  @Rpc(LotServiceService.listBids)
  async listBids(request: ListBidsRequest, call: Call): Promise<ListBidsResponse> {
    const { organizationId } = call.caller;
    const lot = await this.#seen(request.lotId, call);
    const { rules } = (await this.markets.find(lot.dossier.marketId))!;
    const list = `bids ${request.lotId}`;
    const size = pageSize(request.pageSize);
    const after = BigInt(this.pages.open(request.pageToken, list, organizationId) ?? 0);
    const rows = await listBids(this.database, viewerOf(call.caller), { lotId: request.lotId, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (bid) => String(bid.sequence));
    const money = (amount: Minor) => ({ currency: rules.currency, amount });
    return { bids: items.map((bid) => ({ ...bid, limit: money(bid.limit), stampedAt: new Date(bid.stampedAt), price: money(bid.price) })), nextPageToken };
  }

  async #seen(lotId: Id, call: Call): Promise<Lot> {
    const [lot] = await listLots(this.database, viewerOf(call.caller), { lotId, limit: 1 });
    return lot ?? refused('NOT_FOUND');
  }

  /** The lot, locked, if the caller operates its market. */
  async #operated(tx: Transaction, lotId: Id, viewer: Viewer): Promise<{ readonly lot: Lot; readonly market: Market }> {
    const lot = await lockLot(tx, lotId);
    if (!lot || !operates(viewer, lot.dossier.operatorOrganizationId)) refused('NOT_FOUND');
    return { lot, market: (await this.markets.find(lot.dossier.marketId, tx))! };
  }

  async #message(lot: Lot, call: Call, tx?: Transaction): Promise<LotMessage> {
    const [message] = await this.#messages([lot], call, tx);
    return message!;
  }

  async #messages(lots: readonly Lot[], call: Call, tx?: Transaction): Promise<LotMessage[]> {
    const queries = tx ?? this.database;
    const goods = await goodsOf(queries, lots.map((lot) => lot.dossier.consignmentId));
    const messages: LotMessage[] = [];
    for (const lot of lots) messages.push(toMessage(lot, goods.get(lot.dossier.consignmentId)!, (await this.markets.find(lot.dossier.marketId, queries))!, viewerOf(call.caller)));
    return messages;
  }
}
