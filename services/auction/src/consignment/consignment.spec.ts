import { describe, expect, it } from '@jest/globals';
import { Goods } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { RULES } from '../test/examples.js';
import { type Announcement, registerConsignment } from './consignment.js';

const market = { marketId: 'market', code: 'NARU-GARAK', name: '가락', operatorOrganizationId: 'garak', timeZone: 'Asia/Seoul', rules: RULES };
const announcement: Announcement = { marketId: 'market', goods: Goods.fromPartial({ itemCode: '411', item: '사과' }), quantity: 10n, reservePrice: undefined, loose: false };

describe('registerConsignment', () => {
  it('announces goods to a market', () => {
    expect(registerConsignment(announcement, market)).toEqual({ accepted: true, events: [{ type: 'ConsignmentAnnounced', announcement }] });
    expect(registerConsignment({ ...announcement, reservePrice: 8_000n }, market)).toMatchObject({ accepted: true });
  });

  it('refuses an unknown market, goods without a name, and a reserve outside the bid unit', () => {
    expect(registerConsignment(announcement, undefined)).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
    expect(registerConsignment({ ...announcement, goods: Goods.fromPartial({ itemCode: '411', item: ' ' }) }, market)).toMatchObject({ refusal: { code: 'GOODS_REFUSED' } });
    expect(registerConsignment({ ...announcement, reservePrice: 8_050n }, market)).toMatchObject({ refusal: { code: 'PRICE_NOT_IN_UNIT', details: { unit: '100' } } });
  });
});
