import { Controller } from '@nestjs/common';
import {
  type ListStockMovementsRequest,
  type ListStockMovementsResponse,
  type ListStockRequest,
  type ListStockResponse,
  StockServiceService,
} from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { pageSize, PageTokens } from '@naru/platform/page-tokens';
import type { Call } from '@naru/platform/rpc/call';
import { Rpc } from '@naru/platform/rpc/decorators';
import { toBalanceMessage, toMovementMessage } from './stock.message.js';
import { StockStore } from './stock.store.js';

@Controller()
export class StockController {
  constructor(
    private readonly stock: StockStore,
    private readonly pages: PageTokens,
  ) {}

  @Rpc(StockServiceService.listStock)
  async listStock(request: ListStockRequest, call: Call): Promise<ListStockResponse> {
    const { organizationId } = call.caller;
    const size = pageSize(request.pageSize);
    const rows = await this.stock.listBalances(call.caller, this.pages.open(request.pageToken, 'stock', organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, 'stock', organizationId, (balance) => String(balance.balanceId));
    return { balances: items.map(toBalanceMessage), nextPageToken };
  }

  @Rpc(StockServiceService.listStockMovements)
  async listStockMovements(request: ListStockMovementsRequest, call: Call): Promise<ListStockMovementsResponse> {
    const { organizationId } = call.caller;
    const size = pageSize(request.pageSize);
    const rows = await this.stock.listMovements(call.caller, this.pages.open(request.pageToken, 'stock movements', organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, 'stock movements', organizationId, (movement) => movement.movementId);
    return { movements: items.map(toMovementMessage), nextPageToken };
  }
}
