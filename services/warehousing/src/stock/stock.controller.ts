import { Controller } from '@nestjs/common';
import {
  type HoldStockRequest,
  type HoldStockResponse,
  type ListStockMovementsRequest,
  type ListStockMovementsResponse,
  type ListStockRequest,
  type ListStockResponse,
  type ReleaseStockRequest,
  type ReleaseStockResponse,
  StockServiceService,
  type WriteOffStockRequest,
  type WriteOffStockResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { refused } from '@naru/kernel/decision';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { CentreStore } from '../centre/centre.store.js';
import { operatedBy } from '../centre/viewing.js';
import { Holding, type Question } from './holding.shell.js';
import { toBalanceMessage, toMovementMessage } from './stock.message.js';
import { StockStore } from './stock.store.js';

@Controller()
export class StockController {
  constructor(
    private readonly stock: StockStore,
    private readonly holding: Holding,
    private readonly centres: CentreStore,
    private readonly pages: PageTokens,
  ) {}

  @Command(StockServiceService.holdStock)
  async holdStock(request: HoldStockRequest, call: CommandCall): Promise<HoldStockResponse> {
    return this.holding.hold(call.tx, await this.#question(request, call));
  }

  @Command(StockServiceService.releaseStock)
  async releaseStock(request: ReleaseStockRequest, call: CommandCall): Promise<ReleaseStockResponse> {
    return this.holding.release(call.tx, await this.#question(request, call));
  }

  @Command(StockServiceService.writeOffStock)
  async writeOffStock(request: WriteOffStockRequest, call: CommandCall): Promise<WriteOffStockResponse> {
    return this.holding.writeOff(call.tx, await this.#question(request, call), request.count, request.unit, request.source);
  }

  /** Which batch is meant: of whomever, in a centre of the caller's own. */
  async #question(request: HoldStockRequest, { tx, caller }: CommandCall): Promise<Question> {
    const centre = (await this.centres.find(tx, request.centreId, operatedBy(caller))) ?? refused('NOT_FOUND');
    const { ownerOrganizationId: ownerId, itemId, batch, reason } = request;
    return { centre, ownerId, itemId, batch, reason };
  }

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
