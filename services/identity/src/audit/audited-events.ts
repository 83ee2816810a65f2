import { type Decision, eventsOf } from '@naru/kernel/decision';
import type { CommandCall } from '@naru/platform/rpc/call';
import { type AuditLog, by } from './audit-log.js';

/** The events of a decision over access; its refusal goes into the audit log with the answer that is kept, and is thrown. */
export function auditedEvents<Event>(audit: AuditLog, { caller, tx, onRefusal }: CommandCall, object: string, decision: Decision<Event>): readonly Event[] {
  if (!decision.accepted) onRefusal(() => audit.write(tx, { action: 'REFUSED', ...by(caller), object, code: decision.refusal.code }));
  return eventsOf(decision);
}
