import { Injectable } from '@nestjs/common';
import { type CreateReservationRequest, CreateReservationResponse, ReservationServiceService } from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import { Outbox, type TracedOccurred } from '@naru/platform/outbox';
import type { Call } from '@naru/platform/rpc/call';
import { ServiceContext } from '@naru/platform/service-context';
import { type Outcome, type Ticket, Turnstile } from '@naru/platform/turnstile';
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

type Decided =
  | { readonly ok: true; readonly want: Want; readonly parts: ReturnType<Shelf['take']>['parts']; readonly reservedFor: { readonly expiresAt: Instant } }
  | { readonly ok: false; readonly want: Want; readonly short: bigint };

/**
 * Holds of one item of one owner in one network go through one transaction together with those that arrive meanwhile. Locks: the key of the item, its goods.
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
      decide: (tx, _, tickets) => this.#decide(tx, tickets),
      encode: (answer) => CreateReservationResponse.encode(answer).finish(),
      decode: (bytes) => CreateReservationResponse.decode(bytes),
      maxBatch: 512,
      maxParallel: Math.max(1, config.poolSize - 2),
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

  async #decide(tx: Transaction, tickets: readonly Ticket<HoldCommand>[]): Promise<readonly Outcome<CreateReservationResponse>[]> {
    const now = this.time.now();
    const [{ want: first }] = tickets.map(({ command }) => command) as [HoldCommand];
    if (!(await this.networks.hasItem(tx, first.networkId, first.ownerId, first.itemId))) return tickets.map(() => ({ ok: false, refusal: { code: 'NOT_FOUND', details: {}, why: [] } }));
    const shelf = await this.promising.shelf(tx, [first], now);
    const decided = tickets.map(({ command: { want, holdMs } }): Decided => {
      const free = shelf.of(want);
      const allocation = shelf.take(want);
      if (allocation.short === 0n) return { ok: true, want, parts: allocation.parts, reservedFor: { expiresAt: now + Number(holdMs) } };
      shelf.putBack(want, free);
      return { ok: false, want, short: allocation.short };
    });
    const held = decided.filter((one) => one.ok);
    const rows = await this.promising.rowsOf(tx, held, now);
    this.reservations.add(tx, rows);
    let next = 0;
    const rowsOf = decided.map((one) => (one.ok ? rows.slice(next, (next += one.parts.length)) : []));
    await this.outbox.publish(tx, tickets.flatMap(({ trace }, i) => rowsOf[i]!.map((row): TracedOccurred => ({ ...heldFact(row), ...(trace ? { trace } : {}) }))));
    const causes = held.length === decided.length ? undefined : await this.facts.causes(tx, first.ownerId, [first.itemId]);
    if (rows.length > 0) tx.afterCommit(() => this.expiry.watch(Math.min(...rows.map(({ expiresAt }) => expiresAt!))));
    return decided.map((one, i): Outcome<CreateReservationResponse> => {
      if (one.ok) return { ok: true, answer: CreateReservationResponse.fromPartial({ reservations: rowsOf[i]!.map(toReservationMessage) }) };
      const { count } = one.want;
      return { ok: false, refusal: { code: 'STOCK_SHORT', details: { asked: count, free: count - one.short }, why: causes?.get(first.itemId) ?? [] } };
    });
  }
}
