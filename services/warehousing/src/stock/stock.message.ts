import * as contract from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { contractWords } from '../contract-words.js';
import type { StockAccount, StockStatus } from './ledger.js';
import type { MovementRow, StockRow } from './stock.store.js';

const accounts = contractWords<StockAccount, contract.StockAccount>({
  location: contract.StockAccount.LOCATION,
  supplier: contract.StockAccount.SUPPLIER,
  customer: contract.StockAccount.CUSTOMER,
  loss: contract.StockAccount.LOSS,
  trim: contract.StockAccount.TRIM,
  count: contract.StockAccount.COUNT,
});

export const statuses = contractWords<StockStatus, contract.StockStatus>({
  available: contract.StockStatus.AVAILABLE,
  held: contract.StockStatus.HELD,
  held_unpaid: contract.StockStatus.HELD_UNPAID,
  held_quality: contract.StockStatus.HELD_QUALITY,
  held_count: contract.StockStatus.HELD_COUNT,
  damaged: contract.StockStatus.DAMAGED,
  expired: contract.StockStatus.EXPIRED,
});

export function toBalanceMessage(row: StockRow): contract.StockBalance {
  return contract.StockBalance.fromPartial({
    ownerOrganizationId: row.ownerId,
    itemId: row.itemId,
    batch: row.batch,
    account: accounts.value(row.account),
    locationId: row.locationId ?? '',
    status: statuses.value(row.status),
    count: row.count,
    grams: row.grams,
  });
}

export function toMovementMessage({ movementId, cause, causeId, movedAt, lines }: MovementRow): contract.StockMovement {
  return contract.StockMovement.fromPartial({ movementId, cause, causeId, movedAt: new Date(movedAt), lines: lines.map(toBalanceMessage) });
}
