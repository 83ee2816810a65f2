import { describe, expect, it } from '@jest/globals';
import { type Slip, correctSlip } from './slip.js';

const SLIP: Slip = {
  ...{ slipId: 'slip', code: 'SLP-GARAK-20220623-0001', number: 1n, marketId: 'market', businessDay: '2022-06-23', sessionId: 'session', lotId: 'lot', consignmentId: 'consignment' },
  ...{ operatorOrganizationId: 'garak', consignorOrganizationId: 'farm', buyerOrganizationId: 'buyer', quantity: 10n, price: 9_000n, amount: 90_000n, issuedAt: 0 },
  ...{ correctsSlipId: undefined, reason: undefined },
};
const BOUNDS = { reservePrice: 8_000n, quantity: 10n };

describe('correctSlip', () => {
  it('changes price, quantity or both, within what was agreed and for sale', () => {
    expect(correctSlip(SLIP, undefined, { price: 8_000n, quantity: 9n }, BOUNDS)).toEqual({ accepted: true, events: [{ type: 'SlipCorrected', price: 8_000n, quantity: 9n, amount: 72_000n }] });
    expect(correctSlip(SLIP, undefined, { price: 0n, quantity: 9n }, BOUNDS)).toMatchObject({ events: [{ price: 9_000n }] });
    expect(correctSlip(SLIP, undefined, { price: 9_000n, quantity: 0n }, BOUNDS)).toMatchObject({ refusal: { code: 'CORRECTION_EMPTY' } });
    expect(correctSlip(SLIP, undefined, { price: 7_999n, quantity: 0n }, BOUNDS)).toMatchObject({ refusal: { code: 'PRICE_BELOW_RESERVE' } });
    expect(correctSlip(SLIP, undefined, { price: 0n, quantity: 11n }, BOUNDS)).toMatchObject({ refusal: { code: 'QUANTITY_ABOVE_LOT' } });
    expect(correctSlip(SLIP, 'SLP-2', { price: 8_000n, quantity: 0n }, BOUNDS)).toMatchObject({ refusal: { code: 'DOCUMENT_REPLACED', details: { current: 'SLP-2' } } });
  });
});
