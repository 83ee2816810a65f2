import { Controller } from '@nestjs/common';
import {
  type ListStockMovementsRequest,
  type ListStockMovementsResponse,
  type ListStockRequest,
  type ListStockResponse,
  StockServiceService,
} from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { PageTokens } from '@naru/platform/page-tokens';
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
    const { items, nextPageToken } = await this.pages.page(request, 'stock', call.caller.organizationId,
      (after, limit) => this.stock.listBalances(call.caller, after, limit), (balance) => String(balance.balanceId));
    return { balances: items.map(toBalanceMessage), nextPageToken };
  }

  @Rpc(StockServiceService.listStockMovements)
  async listStockMovements(request: ListStockMovementsRequest, call: Call): Promise<ListStockMovementsResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'stock movements', call.caller.organizationId,
      (after, limit) => this.stock.listMovements(call.caller, after, limit), (movement) => movement.movementId);
    return { movements: items.map(toMovementMessage), nextPageToken };
  }
}
