import type { Id } from '@naru/kernel/ids';
import type { Caller } from '@naru/platform/rpc/call';

/** Who looks: stores filter their party columns by it. */
export interface Viewer {
  readonly organizationId: Id;
  /** Naru itself is party to everything. */
  readonly everything: boolean;
}

export function viewerOf(caller: Caller): Viewer {
  return { organizationId: caller.organizationId, everything: caller.system };
}

/** Whether `viewer` acts for `operatorOrganizationId`. */
export function operates(viewer: Viewer, operatorOrganizationId: Id): boolean {
  return viewer.everything || viewer.organizationId === operatorOrganizationId;
}
