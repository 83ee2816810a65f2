import { Controller } from '@nestjs/common';
import { type ExplainCodeRequest, ExplainCodeResponse, WhyServiceService } from '@naru/contracts/gen/naru/warehousing/v1/why_service';
import { refused } from '@naru/kernel/decision';
import type { Call } from '@naru/platform/rpc/call';
import { Rpc } from '@naru/platform/rpc/decorators';
import { OrderStore } from '../order/order.store.js';
import { textOf } from './why.js';
import { type WhyRow, WhyStore } from './why.store.js';

@Controller()
export class WhyController {
  constructor(
    private readonly orders: OrderStore,
    private readonly why: WhyStore,
  ) {}

  @Rpc(WhyServiceService.explainCode)
  async explainCode({ code }: ExplainCodeRequest, { caller }: Call): Promise<ExplainCodeResponse> {
    const rows = code.startsWith('RSV-') ? await this.#ofReservation(code, caller) : await this.#ofOrder(code, caller);
    return ExplainCodeResponse.fromPartial({
      code,
      facts: rows.map(({ eventId, at, kind, line, details }) => ({
        ...{ eventId: eventId ?? '', at: new Date(at), kind, line: line ?? 0, text: textOf(kind, 'en', details), textKo: textOf(kind, 'ko', details) },
      })),
    });
  }

  async #ofOrder(code: string, caller: Call['caller']): Promise<readonly WhyRow[]> {
    const [orderCode, line] = code.split('.', 2) as [string, string | undefined];
    const order = (await this.orders.byCode(caller, orderCode)) ?? refused('NOT_FOUND');
    const facts = await this.why.ofOrder(order.orderId, line === undefined ? undefined : Number(line) || refused('NOT_FOUND'));
    if (line !== undefined && !(await this.orders.linesOf(undefined, [order.orderId])).some((own) => own.line === Number(line))) refused('NOT_FOUND');
    const own = new Set(facts.map(({ eventId }) => eventId));
    const behind = await this.why.ofEvents(order.merchantId, [...new Set(facts.flatMap(({ why }) => why))].filter((id) => !own.has(id)));
    return [...facts, ...behind].toSorted((a, b) => a.at - b.at);
  }

  async #ofReservation(code: string, { organizationId, system }: Call['caller']): Promise<readonly WhyRow[]> {
    const reservation = (await this.why.reservation(organizationId, system, code)) ?? refused('NOT_FOUND');
    const { orderId, line, facts } = reservation;
    if (orderId === null) return facts;
    const ofLine = await this.why.ofOrder(orderId, line ?? undefined);
    return [...facts, ...ofLine].toSorted((a, b) => a.at - b.at);
  }
}
