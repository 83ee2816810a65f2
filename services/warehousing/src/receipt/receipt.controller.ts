import { Controller } from '@nestjs/common';
import { ConsignmentRegistered } from '@naru/contracts/gen/naru/auction/v1/events';
import {
  type BatchPutAwayRequest,
  type BatchPutAwayResponse,
  Disposition,
  PutAwayOutcome as PutAwayOutcomeMessage,
  type GetReceiptRequest,
  type GetReceiptResponse,
  type ListReceiptsRequest,
  type ListReceiptsResponse,
  type PutAwayRequest,
  type PutAwayResponse,
  ReceiptServiceService,
  type ReceiveLineRequest,
  type ReceiveLineResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { refused } from '@naru/kernel/decision';
import { errorText } from '@naru/kernel/errors';
import type { Transaction } from '@naru/platform/database';
import type { Delivered } from '@naru/platform/event';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Consumes, Rpc } from '@naru/platform/rpc/decorators';
import { ConsignmentStore } from './consignment.store.js';
import { conditions, dispositions, toAnnouncement, toReceiptMessage } from './receipt.message.js';
import { type PutAwayOutcome, PuttingAway } from './putting-away.shell.js';
import { ReceiptStore } from './receipt.store.js';
import { type LineAtDoor, Receiving } from './receiving.shell.js';

function toLine(request: ReceiveLineRequest): LineAtDoor {
  return {
    appointmentId: request.appointmentId,
    consignmentId: request.consignmentId,
    itemId: request.itemId,
    batch: request.batch,
    expiresOn: request.expiresOn,
    observed: {
      count: request.counted,
      grams: request.weighedGrams,
      scaleTicket: request.scaleTicket,
      temperatureTenths: request.temperatureTenths,
      condition: conditions.word(request.condition),
    },
    disposition: request.disposition === Disposition.UNSPECIFIED ? undefined : dispositions.word(request.disposition),
  };
}

function toPutAwayOutcome(outcome: PutAwayOutcome): PutAwayOutcomeMessage {
  const { receiptId } = outcome;
  if ('place' in outcome) return PutAwayOutcomeMessage.fromPartial({ receiptId, locationId: outcome.place.locationId, locationCode: outcome.place.code });
  const { code, details, why } = outcome.refusal;
  return PutAwayOutcomeMessage.fromPartial({ receiptId, code, detail: errorText(code, 'en', details), why: [...why] });
}

@Controller()
export class ReceiptController {
  constructor(
    private readonly receiving: Receiving,
    private readonly puttingAway: PuttingAway,
    private readonly receipts: ReceiptStore,
    private readonly consignments: ConsignmentStore,
    private readonly pages: PageTokens,
  ) {}

  @Consumes(ConsignmentRegistered)
  async expectConsignment(event: Delivered<ConsignmentRegistered>, tx: Transaction): Promise<void> {
    this.consignments.expect(tx, toAnnouncement(event.data), event.time);
  }

  @Command(ReceiptServiceService.receiveLine)
  async receiveLine(request: ReceiveLineRequest, call: CommandCall): Promise<ReceiveLineResponse> {
    return { receipt: toReceiptMessage(await this.receiving.receive(call.tx, call.caller, toLine(request))) };
  }

  @Command(ReceiptServiceService.putAway)
  async putAway(request: PutAwayRequest, call: CommandCall): Promise<PutAwayResponse> {
    return { receipt: toReceiptMessage(await this.puttingAway.putAway(call.tx, call.caller, request.receiptId, request.locationId || undefined)) };
  }

  @Command(ReceiptServiceService.batchPutAway)
  async batchPutAway(request: BatchPutAwayRequest, call: CommandCall): Promise<BatchPutAwayResponse> {
    const outcomes = await this.puttingAway.putAwayAll(call.tx, call.caller, request.receiptIds);
    return { outcomes: outcomes.map(toPutAwayOutcome) };
  }

  @Rpc(ReceiptServiceService.getReceipt)
  async getReceipt(request: GetReceiptRequest, call: Call): Promise<GetReceiptResponse> {
    const receipt = (await this.receipts.find(call.caller, request.receiptId)) ?? refused('NOT_FOUND');
    return { receipt: toReceiptMessage(receipt) };
  }

  @Rpc(ReceiptServiceService.listReceipts)
  async listReceipts(request: ListReceiptsRequest, call: Call): Promise<ListReceiptsResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'receipts', call.caller.organizationId,
      (after, limit) => this.receipts.list(call.caller, after, limit), (receipt) => receipt.receiptId);
    return { receipts: items.map(toReceiptMessage), nextPageToken };
  }
}
