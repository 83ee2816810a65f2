import { Controller } from '@nestjs/common';
import {
  type BatchCreateOrdersRequest,
  type BatchCreateOrdersResponse,
  BatchOrderOutcome,
  type CancelOrderRequest,
  type CancelOrderResponse,
  type CreateOrderCancellationRequest,
  type CreateOrderCancellationResponse,
  type CreateOrderRequest,
  type CreateOrderResponse,
  type GetOrderCancellationRequest,
  type GetOrderCancellationResponse,
  type GetOrderRequest,
  type GetOrderResponse,
  type ListOrderCancellationsRequest,
  type ListOrderCancellationsResponse,
  type ListOrdersRequest,
  type ListOrdersResponse,
  type Order,
  OrderServiceService,
} from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { Refused, refused } from '@naru/kernel/decision';
import { errorText } from '@naru/kernel/errors';
import { Database, type Transaction } from '@naru/platform/database';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { NetworkStore } from '../network/network.store.js';
import type { Queries } from '../queries.js';
import { ReservationStore } from '../reservation/reservation.store.js';
import { Cancelling } from './cancelling.shell.js';
import { CancellationStore } from './cancellation.store.js';
import { toCancellationMessage, toNewCancellation, toNewOrder, toOrderMessage } from './order.message.js';
import { type OrderRow, OrderStore } from './order.store.js';
import { Placing } from './placing.shell.js';

const MAX_LINES = 2_000;

@Controller()
export class OrderController {
  constructor(
    private readonly placing: Placing,
    private readonly cancelling: Cancelling,
    private readonly networks: NetworkStore,
    private readonly orders: OrderStore,
    private readonly reservations: ReservationStore,
    private readonly cancellations: CancellationStore,
    private readonly database: Database,
    private readonly pages: PageTokens,
  ) {}

  @Command(OrderServiceService.createOrder)
  async createOrder(request: CreateOrderRequest, { tx, caller }: CommandCall): Promise<CreateOrderResponse> {
    const { order, created } = await this.placing.place(tx, caller.organizationId, request.networkId, toNewOrder(request));
    return { order: await this.#message(tx, order, created) };
  }

  @Command(OrderServiceService.batchCreateOrders)
  async batchCreateOrders({ networkId, orders }: BatchCreateOrdersRequest, { tx, caller }: CommandCall): Promise<BatchCreateOrdersResponse> {
    const lines = orders.reduce((sum, order) => sum + order.lines.length, 0);
    if (lines > MAX_LINES) refused('TOO_MANY_LINES', { lines, most: MAX_LINES });
    await this.networks.sold(caller.organizationId, networkId, tx); // a foreign network is no matter of single orders
    const outcomes: BatchOrderOutcome[] = [];
    for (const order of orders) outcomes.push(await this.#outcome(tx, caller.organizationId, networkId, toNewOrder(order)));
    return { outcomes };
  }

  /** An order that is refused leaves nothing behind; the others of its batch stand. */
  async #outcome(tx: Transaction, merchantId: string, networkId: string, order: ReturnType<typeof toNewOrder>): Promise<BatchOrderOutcome> {
    try {
      const { order: placed, created } = await tx.savepoint(() => this.placing.place(tx, merchantId, networkId, order));
      return BatchOrderOutcome.fromPartial({ orderId: placed.orderId, orderCode: placed.code, created });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, details } = error.refusal;
      return BatchOrderOutcome.fromPartial({ code, detail: errorText(code, 'en', details) });
    }
  }

  @Command(OrderServiceService.cancelOrder)
  async cancelOrder({ orderId, lines }: CancelOrderRequest, { tx, caller }: CommandCall): Promise<CancelOrderResponse> {
    return { order: await this.#message(tx, await this.cancelling.cancel(tx, caller, orderId, lines)) };
  }

  @Command(OrderServiceService.createOrderCancellation)
  async createOrderCancellation(request: CreateOrderCancellationRequest, { tx, caller }: CommandCall): Promise<CreateOrderCancellationResponse> {
    const { created, ...cancellation } = await this.cancelling.cancelWithoutOrder(tx, caller.organizationId, request.networkId, toNewCancellation(request));
    return { cancellation: toCancellationMessage(cancellation, created) };
  }

  @Rpc(OrderServiceService.getOrder)
  async getOrder({ orderId }: GetOrderRequest, { caller }: Call): Promise<GetOrderResponse> {
    const order = (await this.orders.find(caller, orderId)) ?? refused('NOT_FOUND');
    return { order: await this.#message(this.database, order) };
  }

  @Rpc(OrderServiceService.listOrders)
  async listOrders(request: ListOrdersRequest, { caller }: Call): Promise<ListOrdersResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'orders', caller.organizationId, (after, limit) => this.orders.list(caller, after, limit), (order) => order.orderId);
    const ids = items.map(({ orderId }) => orderId);
    const [lines, charges] = await Promise.all([this.orders.linesOf(undefined, ids), this.orders.chargesOf(undefined, ids)]);
    const linesByOrder = Map.groupBy(lines, ({ orderId }) => orderId);
    const chargesByOrder = Map.groupBy(charges, ({ orderId }) => orderId);
    return {
      orders: items.map((order) => toOrderMessage(order, { lines: linesByOrder.get(order.orderId) ?? [], charges: chargesByOrder.get(order.orderId) ?? [], reservations: [] })),
      nextPageToken,
    };
  }

  @Rpc(OrderServiceService.getOrderCancellation)
  async getOrderCancellation({ cancellationId }: GetOrderCancellationRequest, { caller }: Call): Promise<GetOrderCancellationResponse> {
    return { cancellation: toCancellationMessage((await this.cancellations.find(caller, cancellationId)) ?? refused('NOT_FOUND')) };
  }

  @Rpc(OrderServiceService.listOrderCancellations)
  async listOrderCancellations(request: ListOrderCancellationsRequest, { caller }: Call): Promise<ListOrderCancellationsResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'order-cancellations', caller.organizationId,
      (after, limit) => this.cancellations.list(caller, after, limit), (cancellation) => cancellation.cancellationId);
    return { cancellations: items.map((cancellation) => toCancellationMessage(cancellation)), nextPageToken };
  }

  async #message(queries: Queries, order: OrderRow, created = false): Promise<Order> {
    const lines = await this.orders.linesOf(queries, [order.orderId]);
    const charges = await this.orders.chargesOf(queries, [order.orderId]);
    return toOrderMessage(order, { lines, charges, reservations: await this.reservations.ofOrders(queries, [order.orderId]) }, created);
  }
}
