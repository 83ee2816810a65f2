import { Controller } from '@nestjs/common';
import { InvoicePaid, LotSold } from '@naru/contracts/gen/naru/auction/v1/events';
import type { Transaction } from '@naru/platform/database';
import type { Delivered } from '@naru/platform/event';
import { Consumes } from '@naru/platform/rpc/decorators';
import { ConsignmentStore } from '../receipt/consignment.store.js';
import { Ownership } from './ownership.shell.js';

@Controller()
export class OwnershipController {
  constructor(
    private readonly ownership: Ownership,
    private readonly consignments: ConsignmentStore,
  ) {}

  @Consumes(LotSold)
  async passOwnership({ data, time }: Delivered<LotSold>, tx: Transaction): Promise<void> {
    await this.consignments.lock(tx, data.consignmentId); // whoever receives it at this moment sees the sale, or we see the goods
    await this.ownership.sold(tx, data.consignmentId, data.lotId, data.buyerOrganizationId, time);
  }

  @Consumes(InvoicePaid)
  async freePaidGoods({ data, time }: Delivered<InvoicePaid>, tx: Transaction): Promise<void> {
    await this.ownership.paid(tx, data.consignmentIds, data.invoiceId, time);
  }
}
