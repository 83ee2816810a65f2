import { permits } from '@naru/contracts/roles';
import type { Caller } from '@naru/platform/rpc/call';

/** The organization to which the centres and items that the caller may handle belong; `undefined` for the system, which handles all. */
export function operatedBy(caller: Caller): string | undefined {
  return caller.system ? undefined : caller.organizationId;
}

/** Whose items somebody sees beside its own. */
export interface Catalogue {
  readonly organizationId: string;
  readonly system: boolean;
  /** Those who bring or send goods see the catalogue of everybody who runs a centre; operators do not see their competitors'. */
  readonly wide: boolean;
}

export function itemsFor({ organizationId, system, roles }: Caller): Catalogue {
  return { organizationId, system, wide: !permits(roles, 'warehousing:centre:create') };
}

/**
 * The organization to whose centres the caller's view is limited; `undefined` for none. Operators see their own, not their competitors';
 * those who bring or send goods see every centre, since they choose where to go.
 */
export function catalogueOf(caller: Caller): string | undefined {
  return permits(caller.roles, 'warehousing:centre:create') ? operatedBy(caller) : undefined;
}
