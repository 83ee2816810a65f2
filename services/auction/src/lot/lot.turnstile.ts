import { Injectable } from '@nestjs/common';
import { type PlaceBidRequest, PlaceBidResponse, LotServiceService } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import type { Decision } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import { Outbox, type TracedOccurred } from '@naru/platform/outbox';
import type { Call } from '@naru/platform/rpc/call';
import { ServiceContext } from '@naru/platform/service-context';
import { type Outcome, type Ticket, Turnstile } from '@naru/platform/turnstile';
import { lockBidders, saveExposures } from '../bidder/bidder.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { Closer } from '../session/closer.timer.js';
import { viewerOf } from '../viewer.js';
import { type LotCommand, decideBatch } from './batch.js';
import { appendBids } from './bid.store.js';
import { HammerTurnstile } from './hammer.turnstile.js';
import { bidPlaced } from './lot.events.js';
import type { BidPlaced, LotEvent, OpenLot } from './lot.js';
import { lockLot, saveLot } from './lot.store.js';

type LotTicket = Ticket<LotCommand>;

/** A close has come through behind the bids before it: the hammer may fall. */
const PASSED = { ok: true, answer: { bid: undefined } } as const;
const NOT_FOUND = { ok: false, refusal: { code: 'NOT_FOUND', details: {}, why: [] } } as const;

/**
 * Bids on a lot go through one transaction together with those that arrive meanwhile; its close passes behind them, on to the hammer.
 * Order of locks: the lot, the accounts by id.
 */
@Injectable()
export class LotTurnstile {
  readonly #turnstile: Turnstile<LotCommand, PlaceBidResponse>;

  constructor(
    database: Database,
    context: ServiceContext,
    private readonly markets: MarketStore,
    private readonly closer: Closer,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    private readonly hammers: HammerTurnstile,
  ) {
    const { config } = context;
    this.#turnstile = new Turnstile({
      database,
      name: LotServiceService.placeBid.path,
      decide: (tx, lotId, tickets) => this.#decide(tx, lotId, tickets),
      encode: (answer) => PlaceBidResponse.encode(answer).finish(),
      decode: (bytes) => PlaceBidResponse.decode(bytes),
      maxBatch: 512,
      maxParallel: Math.max(1, config.poolSize - 2),
      mode: config.turnstile ?? 'on',
      ...(config.crashAt === undefined ? {} : { crashAt: config.crashAt }),
    });
    context.onStart(() => closer.start((lotId, marketId) => this.closeLot(lotId, marketId)));
    context.onStop(async () => {
      closer.stop();
      await this.#turnstile.drain();
    });
  }

  /** Resolves once the bid is durable; rejects with its refusal. */
  placeBid(request: PlaceBidRequest, call: Call): Promise<PlaceBidResponse> {
    const { organizationId } = call.caller;
    const bid = { organizationId, limit: request.limit!, stampedAt: call.receivedAt };
    return this.#turnstile.submit(request.lotId, {
      command: { type: 'placeBid', bid, viewer: viewerOf(call.caller) },
      deadline: call.deadline,
      idempotency: call.idempotency && { ...call.idempotency, organizationId },
    });
  }

  /** Closes the lot if its effective close has come, behind every bid that waits. */
  async closeLot(lotId: Id, marketId: Id): Promise<void> {
    if (!this.#turnstile.isIdle(lotId)) await this.#turnstile.submit(lotId, { command: { type: 'closeLot' }, deadline: Number.POSITIVE_INFINITY, idempotency: undefined });
    await this.hammers.strike(marketId, lotId);
  }

  async #decide(tx: Transaction, lotId: Id, tickets: readonly LotTicket[]): Promise<readonly Outcome<PlaceBidResponse>[]> {
    const bids = tickets.filter((ticket) => ticket.command.type === 'placeBid');
    if (bids.length === 0) return tickets.map(() => PASSED);
    const before = await lockLot(tx, lotId);
    if (!before) return tickets.map(() => NOT_FOUND);
    const market = (await this.markets.find(before.dossier.marketId, tx))!;
    const commands = bids.map((ticket) => ticket.command);
    const accounts = before.phase === 'open' ? await lockBidders(tx, market.marketId, partiesOf(before, commands), before.dossier.consignorOrganizationId) : new Map();
    const { decisions, lot, exposures } = decideBatch(before, commands, accounts, market.rules, this.time.now());
    if (lot !== before) {
      appendBids(tx, lotId, decisions.flatMap((decision) => (decision.accepted ? decision.events.filter(isBid) : [])));
      saveLot(tx, lot);
      saveExposures(tx, market.marketId, exposures);
      await this.outbox.publish(tx, bidsOf(before as OpenLot, decisions, bids, market));
    }
    if (lot.phase === 'open') tx.afterCommit(() => this.closer.watch(lot));
    const outcomes = new Map(bids.map((ticket, i) => [ticket, outcomeOf(lotId, decisions[i]!, market)]));
    return tickets.map((ticket) => outcomes.get(ticket) ?? PASSED);
  }
}

/** Whose accounts a batch may touch: the bidders and the leader that they may outbid. */
function partiesOf(lot: OpenLot, commands: readonly LotCommand[]): readonly Id[] {
  const bidders = commands.flatMap((command) => (command.type === 'placeBid' ? [command.bid.organizationId] : []));
  return [...new Set([...bidders, ...(lot.lead ? [lot.lead.organizationId] : [])])];
}

function isBid(event: LotEvent): event is BidPlaced {
  return event.type === 'BidPlaced';
}

/** The bids as they are published, each in the trace of its own call. */
function bidsOf(lot: OpenLot, decisions: readonly Decision<LotEvent>[], tickets: readonly LotTicket[], market: Market): readonly TracedOccurred[] {
  return decisions.flatMap((decision, i) => {
    if (!decision.accepted) return [];
    const { trace } = tickets[i]!;
    return decision.events.filter(isBid).map((bid) => ({ ...bidPlaced(lot, bid, market), ...(trace ? { trace } : {}) }));
  });
}

function outcomeOf(lotId: Id, decision: Decision<LotEvent>, market: Market): Outcome<PlaceBidResponse> {
  if (!decision.accepted) return { ok: false, refusal: decision.refusal };
  const bid = decision.events.find(isBid);
  if (!bid) return { ok: true, answer: { bid: undefined } };
  const money = (amount: bigint) => ({ currency: market.rules.currency, amount });
  const { sequence, organizationId, leading } = bid;
  return { ok: true, answer: { bid: { lotId, sequence, organizationId, limit: money(bid.limit), stampedAt: new Date(bid.stampedAt), leading, price: money(bid.price) } } };
}
