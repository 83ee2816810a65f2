import { Injectable } from '@nestjs/common';
import { eventsOf } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction, date } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { changeExposures } from '../bidder/bidder.store.js';
import { MarketStore } from '../market/market.store.js';
import { invoiceOverdue } from './invoice.events.js';
import type { InvoiceView } from './invoice.js';
import { lockDue } from './invoice.store.js';
import { evolveReceivable, fallOverdue, outstandingOf } from './receivable.js';
import { nextDue, saveReceivable } from './receivable.store.js';

/** How often the next due date is read again: other instances issue invoices too. */
const SWEEP_MS = 5_000;
const RETRY_MS = 200;
/** Invoices marked in one transaction. */
const BATCH = 200;

/** Marks invoices overdue when their due date has passed: their buyers lead no lot from then on (rule A8). */
@Injectable()
export class OverdueTimer {
  /** The instants that are waited for. */
  readonly #watched = new Map<Instant, () => void>();
  #sweep: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly time: BusinessTime,
    private readonly database: Database,
    private readonly context: ServiceContext,
    private readonly markets: MarketStore,
    private readonly outbox: Outbox,
  ) {
    context.onStart(() => this.#start());
    context.onStop(() => this.#stop());
  }

  /** Looks at `dueAt` for what has fallen due. */
  watch(dueAt: Instant): void {
    if (this.#stopped || this.#watched.has(dueAt)) return;
    this.#watched.set(dueAt, this.time.at(dueAt, () => this.#due(dueAt)));
  }

  async #start(): Promise<void> {
    await this.#watchNext();
    this.#sweep = setInterval(() => void this.#watchNext().catch((error: unknown) => this.context.log('warn', 'due dates could not be read', { error: String(error) })), SWEEP_MS);
    this.#sweep.unref();
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    for (const cancel of this.#watched.values()) cancel();
    this.#watched.clear();
  }

  async #watchNext(): Promise<void> {
    const next = await nextDue(this.database);
    if (next !== undefined) this.watch(next);
  }

  async #due(dueAt: Instant): Promise<void> {
    this.#watched.delete(dueAt);
    while (!this.#stopped) {
      try {
        if ((await this.database.transaction((tx) => this.#mark(tx))) < BATCH) break;
      } catch (error) {
        this.context.log('warn', 'invoices could not be marked overdue yet', { error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    await this.#watchNext().catch(() => {}); // the sweep reads it again
  }

  /** Order of locks: receivables by id, accounts by id. Gives how many were due. */
  async #mark(tx: Transaction): Promise<number> {
    const due = await lockDue(tx, date(this.time.now()), BATCH);
    for (const [marketId, invoices] of Map.groupBy(due, (invoice) => invoice.marketId)) await this.#markIn(tx, marketId, invoices);
    return due.length;
  }

  async #markIn(tx: Transaction, marketId: string, invoices: readonly InvoiceView[]): Promise<void> {
    const market = (await this.markets.find(marketId, tx))!;
    await changeExposures(tx, marketId, invoices.map(({ buyerOrganizationId }) => ({ organizationId: buyerOrganizationId, by: 0n, overdue: 1 })));
    const now = this.time.now(); // after the accounts are locked: no bid stamped later was decided before
    for (const { invoiceId, receivable } of invoices) saveReceivable(tx, invoiceId, eventsOf(fallOverdue(receivable, now)).reduce(evolveReceivable, receivable));
    await this.outbox.publish(tx, invoices.map((invoice) => invoiceOverdue(invoice, outstandingOf(invoice.receivable), market, now)));
  }
}
