import { Controller } from '@nestjs/common';
import { GoodsReceived, OwnershipFreed, StockReleased } from '@naru/contracts/gen/naru/warehousing/v1/events';
import { BusinessTime } from '@naru/platform/business-time';
import type { Transaction } from '@naru/platform/database';
import type { Delivered } from '@naru/platform/event';
import { Consumes } from '@naru/platform/rpc/decorators';
import { Promising } from '../reservation/promising.shell.js';

/** Stock has come: what waits for it is promised, also after a crash in between, since the service hears its own facts like any other. */
@Controller()
export class BackorderController {
  constructor(
    private readonly promising: Promising,
    private readonly time: BusinessTime,
  ) {}

  @Consumes(GoodsReceived)
  async promiseReceived({ id, data }: Delivered<GoodsReceived>, tx: Transaction): Promise<void> {
    const itemIds = [...new Set(data.lines.map(({ itemId }) => itemId))];
    await this.promising.promiseWaiting(tx, itemIds.map((itemId) => ({ ownerId: data.merchantOrganizationId, itemId })), this.time.now(), [id]);
  }

  @Consumes(OwnershipFreed)
  async promiseFreed({ id, data }: Delivered<OwnershipFreed>, tx: Transaction): Promise<void> {
    await this.promising.promiseWaiting(tx, [{ ownerId: data.ownerOrganizationId, itemId: data.itemId }], this.time.now(), [id]);
  }

  @Consumes(StockReleased)
  async promiseReleased({ id, data }: Delivered<StockReleased>, tx: Transaction): Promise<void> {
    await this.promising.promiseWaiting(tx, [{ ownerId: data.ownerOrganizationId, itemId: data.itemId }], this.time.now(), [id]);
  }
}
