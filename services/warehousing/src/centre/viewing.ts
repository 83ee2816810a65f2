import { permits } from '@naru/contracts/roles';
import type { Caller } from '@naru/platform/rpc/call';

/** The organization to which the centres and items that the caller may handle belong; `undefined` for the system, which handles all. */
export function operatedBy(caller: Caller): string | undefined {
  return caller.system ? undefined : caller.organizationId;
}

/**
 * The organization to whose centres and items the caller's view is limited; `undefined` for none. Operators see their own, not their competitors';
 * those who bring or send goods see every centre and item, since they choose where to go.
 */
export function catalogueOf(caller: Caller): string | undefined {
  return permits(caller.roles, 'warehousing:centre:create') ? operatedBy(caller) : undefined;
}
