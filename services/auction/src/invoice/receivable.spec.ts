import { describe, expect, it } from '@jest/globals';
import type { Decision } from '@naru/kernel/decision';
import fc from 'fast-check';
import { type Receivable, type ReceivableEvent, evolveReceivable, fallOverdue, openReceivable, outstandingOf, recordPayment, replaceReceivable, successorOf, writeOff } from './receivable.js';

const after = (receivable: Receivable, decision: Decision<ReceivableEvent>): Receivable => (decision.accepted ? decision.events.reduce(evolveReceivable, receivable) : receivable);
const open = openReceivable(100n, 10, 0);

type Step = { readonly pay: bigint } | 'clock' | 'write-off';
const steps = () => fc.array(fc.oneof(fc.bigInt({ min: 1n, max: 80n }).map((pay): Step => ({ pay })), fc.constantFrom<Step>('clock', 'write-off')), { maxLength: 12 });
const play = (receivable: Receivable, step: Step, now: number): Receivable =>
  after(receivable, step === 'clock' ? fallOverdue(receivable, now) : step === 'write-off' ? writeOff(receivable, now) : recordPayment(receivable, step.pay, now));

describe('a receivable', () => {
  it('never takes more than it is over, ends once, and stays ended', () =>
    fc.assert(
      fc.property(steps(), (some) => {
        let receivable = open;
        some.forEach((step, now) => {
          const before = receivable;
          receivable = play(receivable, step, now * 3);
          expect(receivable.paid >= before.paid && receivable.paid <= receivable.total).toBe(true);
          if (before.endedAt !== undefined) expect(receivable).toEqual(before);
          expect(receivable.phase === 'paid').toBe(receivable.paid === receivable.total);
          expect(outstandingOf(receivable)).toBe(receivable.endedAt === undefined ? receivable.total - receivable.paid : 0n);
        });
      }),
    ));

  it('is paid in parts, overdue after its due date alone, and written off only then', () => {
    expect(after(open, recordPayment(open, 40n, 1))).toMatchObject({ phase: 'part-paid', paid: 40n });
    expect(recordPayment(open, 101n, 1)).toMatchObject({ refusal: { code: 'PAYMENT_EXCEEDS_OUTSTANDING', details: { outstanding: '100' } } });
    expect(fallOverdue(open, 9)).toEqual({ accepted: true, events: [] });
    expect(writeOff(open, 9)).toMatchObject({ refusal: { code: 'INVOICE_NOT_OVERDUE' } });
    const overdue = after(open, fallOverdue(open, 10));
    expect(overdue).toMatchObject({ phase: 'overdue', overdueAt: 10 });
    expect(after(overdue, recordPayment(overdue, 1n, 11)).phase).toBe('overdue');
    expect(after(overdue, recordPayment(overdue, 100n, 11))).toMatchObject({ phase: 'paid', endedAt: 11 });
    expect(after(overdue, writeOff(overdue, 12))).toMatchObject({ phase: 'written-off', endedAt: 12 });
    expect(openReceivable(0n, 10, 3)).toMatchObject({ phase: 'paid', endedAt: 3 });
  });

  it('is replaced by one that keeps what was paid', () => {
    const part = after(open, recordPayment(open, 40n, 1));
    expect(after(part, replaceReceivable(part, 90n, 2))).toMatchObject({ phase: 'replaced', endedAt: 2 });
    expect(successorOf(part, 90n, 2)).toMatchObject({ phase: 'part-paid', total: 90n, paid: 40n, dueAt: 10 });
    expect(successorOf(part, 40n, 2)).toMatchObject({ phase: 'paid', endedAt: 2 });
    expect(replaceReceivable(part, 39n, 2)).toMatchObject({ refusal: { code: 'CORRECTION_BELOW_PAID' } });
    const overdue = after(open, fallOverdue(open, 10));
    expect(successorOf(overdue, 90n, 12)).toMatchObject({ phase: 'overdue', overdueAt: 12 });
    expect(replaceReceivable(after(overdue, writeOff(overdue, 12)), 90n, 13)).toMatchObject({ refusal: { code: 'INVOICE_NOT_OPEN' } });
  });
});
