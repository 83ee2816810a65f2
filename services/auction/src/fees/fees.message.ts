import { FeeSchedule as FeeScheduleMessage } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { BusinessDay } from '@naru/kernel/instant';
import type { FeeSchedule } from './fees.js';

/** Fees as a request gives them: the service numbers them and says from when they hold. */
export function toFees(message: FeeScheduleMessage, version: number, effectiveFrom: BusinessDay): FeeSchedule {
  return { ...message, version, effectiveFrom, truncation: message.truncation === 0n ? 1n : message.truncation };
}

export function feesMessage(fees: FeeSchedule): FeeScheduleMessage {
  return FeeScheduleMessage.fromPartial({ ...fees, commissions: [...fees.commissions], holidays: [...fees.holidays] });
}
