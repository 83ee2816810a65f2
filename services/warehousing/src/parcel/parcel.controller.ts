import { Controller } from '@nestjs/common';
import { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import {
  type BatchPackParcelsRequest,
  type BatchPackParcelsResponse,
  type BatchStageParcelsRequest,
  type BatchStageParcelsResponse,
  type GetParcelLabelRequest,
  type GetParcelRequest,
  type GetParcelResponse,
  type ListParcelsRequest,
  type ListParcelsResponse,
  type ListReceiptParcelsRequest,
  type ListReceiptParcelsResponse,
  ParcelServiceService,
} from '@naru/contracts/gen/naru/warehousing/v1/parcel_service';
import { refused } from '@naru/kernel/decision';
import { pageSize, PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { Packing } from './packing.shell.js';
import { toPackOutcome, toParcelMessage, toStageOutcome } from './parcel.message.js';
import { ParcelStore } from './parcel.store.js';
import { pngLabel } from './png-label.shell.js';
import { Staging } from './staging.shell.js';
import { TraceStore } from './trace.store.js';
import { zplLabel } from './zpl.js';

@Controller()
export class ParcelController {
  constructor(
    private readonly packing: Packing,
    private readonly staging: Staging,
    private readonly parcels: ParcelStore,
    private readonly trace: TraceStore,
    private readonly pages: PageTokens,
  ) {}

  @Command(ParcelServiceService.batchPackParcels)
  async batchPackParcels(request: BatchPackParcelsRequest, call: CommandCall): Promise<BatchPackParcelsResponse> {
    return { outcomes: (await this.packing.pack(call.tx, call.caller, request.centreId, request.orderIds)).map(toPackOutcome) };
  }

  @Command(ParcelServiceService.batchStageParcels)
  async batchStageParcels(request: BatchStageParcelsRequest, call: CommandCall): Promise<BatchStageParcelsResponse> {
    const { outcomes, stagedOrderIds } = await this.staging.stage(call.tx, call.caller, request.centreId, request.unitIds, request.doorLocationId);
    return { outcomes: outcomes.map(toStageOutcome), stagedOrderIds: [...stagedOrderIds] };
  }

  @Rpc(ParcelServiceService.getParcel)
  async getParcel(request: GetParcelRequest, call: Call): Promise<GetParcelResponse> {
    const parcel = (await this.parcels.find(call.caller, request.unitId)) ?? refused('NOT_FOUND');
    return { parcel: toParcelMessage(parcel, await this.trace.contents(request.unitId)) };
  }

  @Rpc(ParcelServiceService.listParcels)
  async listParcels(request: ListParcelsRequest, call: Call): Promise<ListParcelsResponse> {
    const { organizationId } = call.caller;
    const list = `parcels of ${request.orderId}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    const rows = await this.parcels.list(call.caller, request.orderId || undefined, after, size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (parcel) => parcel.unitId);
    return { parcels: items.map((parcel) => toParcelMessage(parcel)), nextPageToken };
  }

  @Rpc(ParcelServiceService.getParcelLabel)
  async getParcelLabel(request: GetParcelLabelRequest, call: Call): Promise<HttpBody> {
    const parcel = (await this.parcels.find(call.caller, request.unitId)) ?? refused('NOT_FOUND');
    const label = await this.trace.label(parcel);
    return request.format === 'zpl'
      ? HttpBody.fromPartial({ contentType: 'application/vnd.zebra-zpl; charset=utf-8', data: Buffer.from(zplLabel(label)) })
      : HttpBody.fromPartial({ contentType: 'image/png', data: await pngLabel(label) });
  }

  @Rpc(ParcelServiceService.listReceiptParcels)
  async listReceiptParcels(request: ListReceiptParcelsRequest, call: Call): Promise<ListReceiptParcelsResponse> {
    const { organizationId } = call.caller;
    const list = `parcels of receipt ${request.receiptId}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    const rows = (await this.trace.parcelsOf(call.caller, request.receiptId, after, size + 1)) ?? refused('NOT_FOUND');
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (parcel) => parcel.unitId);
    return { parcels: items.map((parcel) => toParcelMessage(parcel)), nextPageToken };
  }
}
