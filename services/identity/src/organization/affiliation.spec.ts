import { describe, expect, it } from '@jest/globals';
import { declareAffiliation } from './affiliation.js';

describe('declareAffiliation', () => {
  it('holds in both directions', () => {
    expect(declareAffiliation(false, 'a', 'b')).toEqual({
      accepted: true,
      events: [
        { type: 'AffiliationDeclared', organizationId: 'a', affiliateOrganizationId: 'b' },
        { type: 'AffiliationDeclared', organizationId: 'b', affiliateOrganizationId: 'a' },
      ],
    });
  });

  it('is declared once', () => expect(declareAffiliation(true, 'a', 'b')).toEqual({ accepted: true, events: [] }));

  it('is between two', () => expect(declareAffiliation(false, 'a', 'a')).toMatchObject({ accepted: false, refusal: { code: 'AFFILIATION_WITH_ITSELF' } }));
});
