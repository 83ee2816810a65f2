import type { Viewer } from '../viewer.js';
import type { Lot } from './lot.js';

/** Once listed, a lot is seen by every participant; before that by its consignor and the market's operator. */
export function isSeenBy(lot: Lot, viewer: Viewer): boolean {
  const { consignorOrganizationId, operatorOrganizationId } = lot.dossier;
  const listed = 'listing' in lot && lot.listing !== undefined;
  return listed || viewer.everything || viewer.organizationId === consignorOrganizationId || viewer.organizationId === operatorOrganizationId;
}
