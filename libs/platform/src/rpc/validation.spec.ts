import { describe, expect, it } from '@jest/globals';
import { BatchCreateConsignmentsRequest } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { PlaceBidRequest, WithdrawLotRequest } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { rpcs } from '@naru/contracts/registry';
import { Malformed } from './status.js';
import { validateBytes } from './validation.js';

const LOT = '01a210f8-e2be-725b-8b34-76cb3be41f64';
const inputOf = (path: string) => rpcs.get(path)!.method.input;

function faultsOf(path: string, bytes: Uint8Array): readonly { field: string; code: string }[] {
  try {
    validateBytes(inputOf(path), bytes);
    return [];
  } catch (error) {
    if (error instanceof Malformed) return error.violations.map(({ field, code }) => ({ field, code }));
    throw error;
  }
}

describe('validateBytes', () => {
  const bid = '/naru.auction.v1.LotService/PlaceBid';
  const withdraw = '/naru.auction.v1.LotService/WithdrawLot';

  it('lets a good message pass', () => {
    expect(faultsOf(bid, PlaceBidRequest.encode({ lotId: LOT, limit: { currency: 'KRW', amount: 256n } }).finish())).toEqual([]);
  });
  it('names each fault by its JSON path', () => {
    expect(faultsOf(bid, PlaceBidRequest.encode({ lotId: 'x', limit: { currency: 'won', amount: 1n } }).finish())).toEqual([
      { field: 'lotId', code: 'string.uuid' },
      { field: 'limit.currency', code: 'string.pattern' },
    ]);
  });
  it('refuses U+0000 in a string, however deep, before a database would', () => {
    expect(faultsOf(withdraw, WithdrawLotRequest.encode({ lotId: LOT, reason: 'a\0b' }).finish())).toEqual([{ field: 'reason', code: 'string.nul' }]);
    const row = { consignment: { marketId: LOT, quantity: 1n, reservePriceAmount: 0n, goods: undefined }, source: { file: 'f\0', line: 1, raw: 'r' } };
    const batch = BatchCreateConsignmentsRequest.encode(BatchCreateConsignmentsRequest.fromPartial({ rows: [row] })).finish();
    expect(faultsOf('/naru.auction.v1.ConsignmentService/BatchCreateConsignments', batch)).toEqual([{ field: 'rows[0].source.file', code: 'string.nul' }]);
  });
  it('refuses bytes that are no such message', () => {
    expect(faultsOf(bid, Buffer.from([0x0a, 0xff]))).toEqual([{ field: '', code: 'wire' }]);
  });
});
