import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';

export type ReceivablePhase = 'open' | 'part-paid' | 'overdue' | 'paid' | 'written-off' | 'replaced';

/** The life of what a buyer owes by one invoice. Minor units. */
export interface Receivable {
  readonly phase: ReceivablePhase;
  readonly total: Minor;
  readonly paid: Minor;
  readonly dueAt: Instant;
  /** When it was found past its due date. */
  readonly overdueAt: Instant | undefined;
  /** When it was paid, written off or replaced. */
  readonly endedAt: Instant | undefined;
}

export type ReceivableEvent =
  | { readonly type: 'PaymentRecorded'; readonly amount: Minor; readonly at: Instant }
  | { readonly type: 'FellOverdue'; readonly at: Instant }
  | { readonly type: 'WrittenOff'; readonly amount: Minor; readonly at: Instant }
  | { readonly type: 'Replaced'; readonly at: Instant };

/** What is owed from the first; an invoice over nothing is paid at once. */
export function openReceivable(total: Minor, dueAt: Instant, now: Instant): Receivable {
  const paid = total === 0n;
  return { phase: paid ? 'paid' : 'open', total, paid: 0n, dueAt, overdueAt: undefined, endedAt: paid ? now : undefined };
}

/** What is still to be paid. */
export function outstandingOf({ phase, total, paid }: Receivable): Minor {
  return isOwed(phase) ? total - paid : 0n;
}

/** Whether a receivable in `phase` waits for money. */
export function isOwed(phase: ReceivablePhase): boolean {
  return phase === 'open' || phase === 'part-paid' || phase === 'overdue';
}

/** A payment, in full or in part. More than is outstanding is refused: the virtual account of an invoice takes no more either. */
export function recordPayment(receivable: Receivable, amount: Minor, now: Instant): Decision<ReceivableEvent> {
  if (!isOwed(receivable.phase)) return refuse('INVOICE_NOT_OPEN', { phase: receivable.phase });
  const outstanding = outstandingOf(receivable);
  if (amount > outstanding) return refuse('PAYMENT_EXCEEDS_OUTSTANDING', { outstanding: String(outstanding) });
  return accept([{ type: 'PaymentRecorded', amount, at: now }]);
}

/** The clock says that the due date has passed. Before it, and on what is not owed or overdue already, nothing happens. */
export function fallOverdue({ phase, dueAt }: Receivable, now: Instant): Decision<ReceivableEvent> {
  return accept((phase === 'open' || phase === 'part-paid') && now >= dueAt ? [{ type: 'FellOverdue', at: now }] : []);
}

/** Gives up what is outstanding of an overdue invoice. */
export function writeOff(receivable: Receivable, now: Instant): Decision<ReceivableEvent> {
  if (receivable.phase !== 'overdue') return refuse('INVOICE_NOT_OVERDUE', { phase: receivable.phase });
  return accept([{ type: 'WrittenOff', amount: outstandingOf(receivable), at: now }]);
}

/** A corrected invoice over `total` takes the place of this one: what was paid counts there, so it may not be more. */
export function replaceReceivable(receivable: Receivable, total: Minor, now: Instant): Decision<ReceivableEvent> {
  if (receivable.phase === 'written-off' || receivable.phase === 'replaced') return refuse('INVOICE_NOT_OPEN', { phase: receivable.phase });
  if (receivable.paid > total) return refuse('CORRECTION_BELOW_PAID', { paid: String(receivable.paid), total: String(total) });
  return accept([{ type: 'Replaced', at: now }]);
}

/** What takes the place of `old`: with its payments, its due date, and overdue where it was. */
export function successorOf(old: Receivable, total: Minor, now: Instant): Receivable {
  const { paid, dueAt } = old;
  const phase: ReceivablePhase = paid === total ? 'paid' : old.phase === 'overdue' ? 'overdue' : paid > 0n ? 'part-paid' : 'open';
  return { phase, total, paid, dueAt, overdueAt: phase === 'overdue' ? now : undefined, endedAt: phase === 'paid' ? now : undefined };
}

export function evolveReceivable(receivable: Receivable, event: ReceivableEvent): Receivable {
  switch (event.type) {
    case 'PaymentRecorded': {
      const paid = receivable.paid + event.amount;
      if (paid === receivable.total) return { ...receivable, phase: 'paid', paid, endedAt: event.at };
      return { ...receivable, phase: receivable.phase === 'overdue' ? 'overdue' : 'part-paid', paid };
    }
    case 'FellOverdue':
      return { ...receivable, phase: 'overdue', overdueAt: event.at };
    case 'WrittenOff':
      return { ...receivable, phase: 'written-off', endedAt: event.at };
    case 'Replaced':
      return { ...receivable, phase: 'replaced', endedAt: event.at };
  }
}
