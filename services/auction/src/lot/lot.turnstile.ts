import { Injectable } from '@nestjs/common';
import { type PlaceBidRequest, PlaceBidResponse, LotServiceService } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { type Decision, eventsOf } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import type { Occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox, type TracedOccurred } from '@naru/platform/outbox';
import type { Call } from '@naru/platform/rpc/call';
import { ServiceContext } from '@naru/platform/service-context';
import { type Outcome, type Ticket, Turnstile } from '@naru/platform/turnstile';
import { lockBidders, saveExposures } from '../bidder/bidder.store.js';
import { goodsOf } from '../consignment/consignment.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { Closer } from '../session/closer.timer.js';
import { openNext } from '../session/opening.shell.js';
import { type Session, closeSession, evolveSession } from '../session/session.js';
import { lockSession, saveSession } from '../session/session.store.js';
import { SettlingTimer } from '../settlement/settling.timer.js';
import { slipIssued } from '../slip/slip.events.js';
import { issueSaleSlip } from '../slip/slip.store.js';
import { viewerOf } from '../viewer.js';
import { type LotCommand, decideBatch } from './batch.js';
import { appendBids, appendHammer } from './bid.store.js';
import { bidPlaced, lotClosed } from './lot.events.js';
import type { BidPlaced, Lot, LotEvent, OpenLot } from './lot.js';
import { lockLot, lockNextListed, saveLot } from './lot.store.js';

type LotTicket = Ticket<LotCommand>;

/** The session of a lot whose close is due, and the lot that comes next in it: both locked. */
interface Succession {
  readonly session: Session;
  readonly next: Lot | undefined;
}

const NOT_FOUND = { ok: false, refusal: { code: 'NOT_FOUND', details: {}, why: [] } } as const;

/**
 * Bids on a lot, and its hammer, go through one transaction together with those that arrive meanwhile.
 * Order of locks: the open lot, its session, the listed lot that follows, the accounts by id, the counter of the market's slips.
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
    private readonly settling: SettlingTimer,
    private readonly ids: Ids,
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
    context.onStart(() => closer.start((lotId) => this.closeLot(lotId)));
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
  async closeLot(lotId: Id): Promise<void> {
    await this.#turnstile.submit(lotId, { command: { type: 'closeLot' }, deadline: Number.POSITIVE_INFINITY, idempotency: undefined });
  }

  async #decide(tx: Transaction, lotId: Id, tickets: readonly LotTicket[]): Promise<readonly Outcome<PlaceBidResponse>[]> {
    const before = await lockLot(tx, lotId);
    if (!before) return tickets.map(() => NOT_FOUND);
    const now = this.time.now();
    const market = (await this.markets.find(before.dossier.marketId, tx))!;
    const commands = tickets.map((ticket) => ticket.command);
    const succession = isDue(before, commands, now) ? await this.#lockSuccession(tx, before) : undefined;
    const accounts = before.phase === 'open' ? await lockBidders(tx, market.marketId, partiesOf(before, commands), before.dossier.consignorOrganizationId) : new Map();
    const { decisions, lot, exposures } = decideBatch(before, commands, accounts, market.rules, now);
    if (lot !== before) {
      const bids = decisions.flatMap((decision) => (decision.accepted ? decision.events.filter(isBid) : []));
      appendBids(tx, lotId, bids);
      saveLot(tx, lot);
      saveExposures(tx, market.marketId, exposures);
      const closed = succession && (lot.phase === 'sold' || lot.phase === 'passed') ? await this.#hammer(tx, lot, succession, market, now) : [];
      await this.outbox.publish(tx, [...bidsOf(before as OpenLot, decisions, tickets, market), ...closed]);
    }
    if (lot.phase === 'open') tx.afterCommit(() => this.closer.watch(lotId, lot.closesAt));
    return decisions.map((decision) => outcomeOf(lotId, decision, market));
  }

  async #lockSuccession(tx: Transaction, lot: OpenLot): Promise<Succession> {
    const session = (await lockSession(tx, lot.listing.sessionId))!;
    return { session, next: await lockNextListed(tx, session.sessionId) };
  }

  /** What a hammer brings with it: its record, the opening of the next lot or the end of the session; of a sold lot, last, its slip. */
  async #hammer(tx: Transaction, lot: Extract<Lot, { phase: 'sold' | 'passed' }>, { session, next }: Succession, market: Market, now: Instant): Promise<readonly TracedOccurred[]> {
    appendHammer(tx, lot, session.businessDay);
    const { consignmentId } = lot.dossier;
    const closed = lotClosed(lot, (await goodsOf(tx, [consignmentId])).get(consignmentId)!, market);
    const opened = next && (await openNext(tx, next, market, now));
    if (opened) tx.afterCommit(() => this.closer.watch(opened.lot.dossier.lotId, opened.lot.closesAt));
    else {
      await saveSession(tx, eventsOf(closeSession(session, 0, now)).reduce(evolveSession, session));
      tx.afterCommit(() => this.settling.watch(session.sessionId));
    }
    const slip = lot.phase === 'sold' ? [await this.#issueSlip(tx, lot, session.businessDay, market)] : [];
    return [closed, ...slip, ...(opened ? [opened.event] : [])];
  }

  /** The sale slip of a lot (판매원표). Its counter is shared by every lot of the market that hammers, so it is locked last. */
  async #issueSlip(tx: Transaction, lot: Extract<Lot, { phase: 'sold' }>, businessDay: BusinessDay, market: Market): Promise<Occurred> {
    const { lotId, marketId, consignmentId, operatorOrganizationId, consignorOrganizationId, quantity } = lot.dossier;
    const { organizationId: buyerOrganizationId, price } = lot.lead;
    const slip = await issueSaleSlip(tx, market, {
      ...{ slipId: this.ids.next(), marketId, businessDay, sessionId: lot.listing.sessionId, lotId, consignmentId, operatorOrganizationId, consignorOrganizationId, buyerOrganizationId },
      ...{ quantity, price, amount: price * quantity, issuedAt: lot.closedAt, correctsSlipId: undefined, reason: undefined },
    });
    return slipIssued(slip, lot.dossier.code, market);
  }
}

function isDue(lot: Lot, commands: readonly LotCommand[], now: Instant): lot is OpenLot {
  return lot.phase === 'open' && now >= lot.closesAt && commands.some((command) => command.type === 'closeLot');
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
