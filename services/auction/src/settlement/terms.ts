import { type BusinessDay, type Instant, daysAfter, instantOf, workingDaysAfter } from '@naru/kernel/instant';
import type { FeeSchedule } from '../fees/fees.js';

/** When the debt of an invoice falls due: at the end of the day that the terms give. */
export function invoiceDueAt(day: BusinessDay, { paymentDays }: FeeSchedule, timeZone: string): Instant {
  return endOf(daysAfter(day, paymentDays), timeZone);
}

/** Until when a payout is to be sent: the end of the working day that the terms give. */
export function payoutDueAt(day: BusinessDay, { payoutWorkingDays, holidays }: FeeSchedule, timeZone: string): Instant {
  return endOf(workingDaysAfter(day, payoutWorkingDays, holidays), timeZone);
}

function endOf(day: BusinessDay, timeZone: string): Instant {
  return instantOf(daysAfter(day, 1), '00:00', timeZone);
}
