import { Injectable } from '@nestjs/common';
import { type CreateReservationRequest, CreateReservationResponse, ReservationServiceService } from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import { Outbox, type TracedOccurred } from '@naru/platform/outbox';
import type { Call } from '@naru/platform/rpc/call';
import { ServiceContext } from '@naru/platform/service-context';
import { type KeyTickets, type Outcome, type Ticket, Turnstile } from '@naru/platform/turnstile';
import { NetworkStore } from '../network/network.store.js';
import { FactStore } from '../order/fact.store.js';
import { PIECES } from '../stock/ledger.js';
import { ExpiryTimer } from './expiry.timer.js';
import { Promising, type Shelf, type Want } from './promising.shell.js';
import { heldFact } from './reservation.events.js';
import { toReservationMessage } from './reservation.message.js';
import { ReservationStore } from './reservation.store.js';

/** A hold that is asked for. The network decides how long it lasts unless it is said. */
export interface HoldCommand {
  readonly want: Want;
  readonly holdMs: bigint;
}

type HoldTicket = Ticket<HoldCommand>;

type Decided =
  | { readonly ok: true; readonly want: Want; readonly parts: ReturnType<Shelf['take']>['parts']; readonly reservedFor: { readonly expiresAt: Instant } }
  | { readonly ok: false; readonly want: Want; readonly short: bigint };

/** Transactions at a time: more would only make each of them smaller. */
const PARALLEL = 2;

/**
 * Holds of one item of one owner in one network, and of many, go through one transaction together with those that arrive meanwhile. Locks: the goods by key.
 * The keys of the items are left alone: a hold is had or refused, and leaves nothing waiting.
 */
@Injectable()
export class ReservationTurnstile {
  readonly #turnstile: Turnstile<HoldCommand, CreateReservationResponse>;

  constructor(
    database: Database,
    context: ServiceContext,
    private readonly networks: NetworkStore,
    private readonly reservations: ReservationStore,
    private readonly promising: Promising,
    private readonly facts: FactStore,
    private readonly expiry: ExpiryTimer,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
  ) {
    const { config } = context;
    this.#turnstile = new Turnstile({
      database,
      name: ReservationServiceService.createReservation.path,
      maxKeys: 512,
      decideTogether: (tx, groups) => this.#decide(tx, groups),
      encode: (answer) => CreateReservationResponse.encode(answer).finish(),
      decode: (bytes) => CreateReservationResponse.decode(bytes),
      maxBatch: 512,
      maxParallel: Math.max(1, Math.min(PARALLEL, config.poolSize - 2)),
      mode: config.turnstile ?? 'on',
      ...(config.crashAt === undefined ? {} : { crashAt: config.crashAt }),
    });
    context.onStop(() => this.#turnstile.drain());
  }

  /** Resolves once the hold is durable; rejects with its refusal. */
  async hold(request: CreateReservationRequest, call: Call): Promise<CreateReservationResponse> {
    const { organizationId } = call.caller;
    const network = await this.networks.sold(organizationId, request.networkId);
    const want: Want = {
      networkId: network.networkId,
      ownerId: organizationId,
      itemId: request.itemId,
      unit: request.unit || PIECES,
      count: request.count,
      minRemainingLifeDays: request.minRemainingLifeDays,
      centres: undefined,
    };
    return this.#turnstile.submit(`${want.networkId} ${want.ownerId} ${want.itemId}`, {
      command: { want, holdMs: request.holdMs || network.holdMs },
      deadline: call.deadline,
      idempotency: call.idempotency && { ...call.idempotency, organizationId },
    });
  }

  async #decide(tx: Transaction, groups: readonly KeyTickets<HoldCommand>[]): Promise<readonly (readonly Outcome<CreateReservationResponse>[])[]> {
    const now = this.time.now();
    const keys = groups.map(({ tickets: [first] }) => first!.command.want);
    const shelf = await this.promising.goods(tx, keys, now);
    const unknown = await this.#unknown(tx, keys, shelf);
    const tickets = groups.flatMap((group, i) => (unknown.has(i) ? [] : group.tickets));
    const decided = tickets.map(({ command: { want, holdMs } }): Decided => {
      const free = shelf.of(want);
      const allocation = shelf.take(want);
      if (allocation.short === 0n) return { ok: true, want, parts: allocation.parts, reservedFor: { expiresAt: now + Number(holdMs) } };
      shelf.putBack(want, free);
      return { ok: false, want, short: allocation.short };
    });
    const outcomes = await this.#write(tx, tickets, decided, now);
    let at = 0;
    return groups.map((group, i) => (unknown.has(i) ? group.tickets.map(() => NOT_FOUND) : outcomes.slice(at, (at += group.tickets.length))));
  }

  /** Which of the keys name an item that the owner cannot have: places. What lies on the shelf is known. */
  async #unknown(tx: Transaction, keys: readonly Want[], shelf: Shelf): Promise<ReadonlySet<number>> {
    const empty = keys.flatMap((key, i) => (shelf.of(key).length === 0 ? [i] : []));
    const known = await this.networks.placesOfKnown(tx, empty.map((i) => keys[i]!));
    return new Set(empty.filter((_, place) => !known.has(place)));
  }

  async #write(tx: Transaction, tickets: readonly HoldTicket[], decided: readonly Decided[], now: Instant): Promise<readonly Outcome<CreateReservationResponse>[]> {
    const rows = await this.promising.rowsOf(tx, decided.filter((one) => one.ok), now);
    let next = 0;
    const rowsOf = decided.map((one) => (one.ok ? rows.slice(next, (next += one.parts.length)) : []));
    const eventIds = await this.outbox.publish(tx, tickets.flatMap(({ trace }, i) => rowsOf[i]!.map((row): TracedOccurred => ({ ...heldFact(row), ...(trace ? { trace } : {}) }))));
    this.reservations.add(tx, rows.map((row, i) => ({ ...row, eventId: eventIds[i]! })));
    if (rows.length > 0) tx.afterCommit(() => this.expiry.watch(rows.reduce((first, { expiresAt }) => Math.min(first, expiresAt!), Number.POSITIVE_INFINITY)));
    const causes = await this.#causes(tx, decided);
    return decided.map((one, i): Outcome<CreateReservationResponse> => {
      if (one.ok) return { ok: true, answer: { reservations: rowsOf[i]!.map(toReservationMessage) } };
      const { count, ownerId, itemId } = one.want;
      return { ok: false, refusal: { code: 'STOCK_SHORT', details: { asked: count, free: count - one.short }, why: causes.get(ownerId)?.get(itemId) ?? [] } };
    });
  }

  /** The events that left too little, by owner and item. */
  async #causes(tx: Transaction, decided: readonly Decided[]): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>> {
    const causes = new Map<string, ReadonlyMap<string, readonly string[]>>();
    for (const [ownerId, short] of Map.groupBy(decided.filter(({ ok }) => !ok), ({ want }) => want.ownerId)) {
      causes.set(ownerId, await this.facts.causes(tx, ownerId, [...new Set(short.map(({ want }) => want.itemId))]));
    }
    return causes;
  }
}

const NOT_FOUND = { ok: false, refusal: { code: 'NOT_FOUND', details: {}, why: [] } } as const;
