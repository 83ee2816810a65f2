import { Injectable } from '@nestjs/common';
import type { Goods } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { eventsOf } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import type { Occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { type Ticket, Turnstile } from '@naru/platform/turnstile';
import { lockBidders, saveExposures } from '../bidder/bidder.store.js';
import { goodsOf } from '../consignment/consignment.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { Closer } from '../session/closer.timer.js';
import { openNext } from '../session/opening.shell.js';
import { type Session, closeSession, evolveSession } from '../session/session.js';
import { lockSessions, saveSession } from '../session/session.store.js';
import { SettlingTimer } from '../settlement/settling.timer.js';
import { slipIssued } from '../slip/slip.events.js';
import type { UnnumberedSlip } from '../slip/slip.js';
import { issueSaleSlips } from '../slip/slip.store.js';
import { decideBatch } from './batch.js';
import { appendHammer } from './bid.store.js';
import { lotClosed } from './lot.events.js';
import type { Lot, OpenLot } from './lot.js';
import { lockLots, lockNexts, saveLot } from './lot.store.js';

type ClosedLot = Extract<Lot, { phase: 'sold' | 'passed' }>;

const DONE = { ok: true, answer: undefined } as const;

/**
 * Hammers of one market that fall together go through one transaction: they share the counter of its sale slips, which is locked until the commit.
 * Order of locks: the open lots by id, their sessions by id, the listed lots that follow, the accounts by id, the counter.
 */
@Injectable()
export class HammerTurnstile {
  readonly #turnstile: Turnstile<Id, undefined>;

  constructor(
    database: Database,
    context: ServiceContext,
    private readonly markets: MarketStore,
    private readonly closer: Closer,
    private readonly settling: SettlingTimer,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
  ) {
    const { config } = context;
    this.#turnstile = new Turnstile<Id, undefined>({
      database,
      name: 'hammer',
      decide: (tx, marketId, tickets) => this.#decide(tx, marketId, tickets),
      encode: () => new Uint8Array(),
      decode: () => undefined,
      maxBatch: 64,
      maxParallel: Math.max(1, Math.floor(config.poolSize / 3)),
      mode: config.turnstile ?? 'on',
      ...(config.crashAt === undefined ? {} : { crashAt: config.crashAt }),
    });
    context.onStop(() => this.#turnstile.drain());
  }

  /** Closes the lot if its effective close has come. */
  async strike(marketId: Id, lotId: Id): Promise<void> {
    await this.#turnstile.submit(marketId, { command: lotId, deadline: Number.POSITIVE_INFINITY, idempotency: undefined });
  }

  async #decide(tx: Transaction, marketId: Id, tickets: readonly Ticket<Id>[]): Promise<readonly (typeof DONE)[]> {
    const lots = await lockLots(tx, [...new Set(tickets.map((ticket) => ticket.command))]);
    const now = this.time.now();
    const open = lots.filter((lot) => lot.phase === 'open');
    const due = open.filter((lot) => now >= lot.closesAt);
    if (due.length > 0) await this.#strike(tx, (await this.markets.find(marketId, tx))!, due, now);
    for (const lot of open) if (now < lot.closesAt) tx.afterCommit(() => this.closer.watch(lot));
    return tickets.map(() => DONE);
  }

  /** What hammers bring with them: their records, the opening of the next lots or the end of sessions, and of the sold lots, last, the slips. */
  async #strike(tx: Transaction, market: Market, due: readonly OpenLot[], now: Instant): Promise<void> {
    const sessionIds = [...new Set(due.map((lot) => lot.listing.sessionId))].sort();
    const sessions = new Map((await lockSessions(tx, sessionIds)).map((session) => [session.sessionId, session]));
    const nexts = await lockNexts(tx, sessionIds);
    const closed = await this.#close(tx, market, due, now);
    const goods = await goodsOf(tx, [...closed, ...nexts].map((lot) => lot.dossier.consignmentId));
    for (const lot of closed) {
      saveLot(tx, lot);
      appendHammer(tx, lot, dayOf(lot, sessions));
    }
    const opened = nexts.map((next) => openNext(tx, next, goods, market, now));
    for (const { lot } of opened) tx.afterCommit(() => this.closer.watch(lot));
    const going = new Set(opened.map(({ lot }) => lot.listing.sessionId));
    for (const session of sessions.values()) if (!going.has(session.sessionId)) await this.#end(tx, session, now);
    const slips = await this.#issueSlips(tx, closed, sessions, market);
    await this.outbox.publish(tx, [...eventsFor(closed, goods, market), ...slips, ...opened.map(({ event }) => event)]);
  }

  /** The lots after their hammers; what their leaders are exposed to is written. */
  async #close(tx: Transaction, market: Market, due: readonly OpenLot[], now: Instant): Promise<readonly ClosedLot[]> {
    const leaders = [...new Set(due.flatMap((lot) => (lot.lead ? [lot.lead.organizationId] : [])))];
    const accounts = await lockBidders(tx, market.marketId, leaders, due[0]!.dossier.consignorOrganizationId);
    const changed = new Map<Id, bigint>();
    const closed = due.map((before) => {
      const { lot, exposures } = decideBatch(before, [{ type: 'closeLot' }], accounts, market.rules, now);
      for (const [organizationId, exposure] of exposures) {
        accounts.set(organizationId, { ...accounts.get(organizationId)!, exposure });
        changed.set(organizationId, exposure);
      }
      return lot as ClosedLot;
    });
    saveExposures(tx, market.marketId, changed);
    return closed;
  }

  async #end(tx: Transaction, session: Session, now: Instant): Promise<void> {
    await saveSession(tx, eventsOf(closeSession(session, 0, now)).reduce(evolveSession, session));
    tx.afterCommit(() => this.settling.watch(session.sessionId));
  }

  /** The sale slips (판매원표) of sold lots, in order of their days. */
  async #issueSlips(tx: Transaction, closed: readonly ClosedLot[], sessions: ReadonlyMap<Id, Session>, market: Market): Promise<readonly Occurred[]> {
    const sold = closed.filter((lot) => lot.phase === 'sold');
    const codes = new Map(sold.map(({ dossier }) => [dossier.lotId, dossier.code]));
    const events: Occurred[] = [];
    for (const [day, lots] of [...Map.groupBy(sold, (lot) => dayOf(lot, sessions))].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const slips = await issueSaleSlips(tx, market, day, lots.map((lot) => this.#slipOf(lot, day)));
      events.push(...slips.map((slip) => slipIssued(slip, codes.get(slip.lotId)!, market)));
    }
    return events;
  }

  #slipOf({ dossier, listing, lead, closedAt }: Extract<Lot, { phase: 'sold' }>, businessDay: BusinessDay): UnnumberedSlip {
    const { lotId, marketId, consignmentId, operatorOrganizationId, consignorOrganizationId, quantity } = dossier;
    const parties = { operatorOrganizationId, consignorOrganizationId, buyerOrganizationId: lead.organizationId };
    const sums = { quantity, price: lead.price, amount: lead.price * quantity };
    return { slipId: this.ids.next(), marketId, businessDay, sessionId: listing.sessionId, lotId, consignmentId, ...parties, ...sums, issuedAt: closedAt, correctsSlipId: undefined, reason: undefined };
  }
}

function dayOf(lot: ClosedLot, sessions: ReadonlyMap<Id, Session>): BusinessDay {
  return sessions.get(lot.listing.sessionId)!.businessDay;
}

function eventsFor(closed: readonly ClosedLot[], goods: ReadonlyMap<Id, Goods>, market: Market): readonly Occurred[] {
  return closed.map((lot) => lotClosed(lot, goods.get(lot.dossier.consignmentId)!, market));
}
