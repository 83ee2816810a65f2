import { type Decision, Refused, eventsOf } from '@naru/kernel/decision';
import type { Caller } from '@naru/platform/rpc/call';
import { type AuditLog, by } from './audit-log.js';

/** The events of a decision over access; its refusal goes into the audit log and is thrown. */
export function auditedEvents<Event>(audit: AuditLog, caller: Caller, object: string, decision: Decision<Event>): readonly Event[] {
  try {
    return eventsOf(decision);
  } catch (error) {
    if (error instanceof Refused) audit.writeSoon({ action: 'REFUSED', ...by(caller), object, code: error.refusal.code });
    throw error;
  }
}
