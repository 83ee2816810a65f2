import { type Decision, accept, refuse } from '@naru/kernel/decision';

/** One direction of an affiliation: both are facts, each under its own organization. */
export interface Declared {
  readonly type: 'AffiliationDeclared';
  readonly organizationId: string;
  readonly affiliateOrganizationId: string;
}

/** Declares two organizations affiliates of each other. Declared again it changes nothing. */
export function declareAffiliation(known: boolean, organizationId: string, affiliateOrganizationId: string): Decision<Declared> {
  if (organizationId === affiliateOrganizationId) return refuse('AFFILIATION_WITH_ITSELF');
  if (known) return accept([]);
  return accept([
    { type: 'AffiliationDeclared', organizationId, affiliateOrganizationId },
    { type: 'AffiliationDeclared', organizationId: affiliateOrganizationId, affiliateOrganizationId: organizationId },
  ]);
}
