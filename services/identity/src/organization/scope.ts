import { refused } from '@naru/kernel/decision';
import type { Caller } from '@naru/platform/rpc/call';

/** Another organization is unknown to the caller, like one that does not exist (rule I2). Naru's own organization sees all. */
export function requireParty(caller: Caller, organizationId: string): void {
  if (!caller.system && caller.organizationId !== organizationId) refused('NOT_FOUND');
}

/** Only Naru's own organization. The shell checks it by the contract; it is checked here again, where the effect is. */
export function requireSystem(caller: Caller, permission: string): void {
  if (!caller.system) refused('PERMISSION_DENIED', { permission });
}
