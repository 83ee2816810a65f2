import { Controller } from '@nestjs/common';
import { ConsignmentReceived, ConsignmentRefused } from '@naru/contracts/gen/naru/warehousing/v1/events';
import { type Decision, eventsOf } from '@naru/kernel/decision';
import { type Id, isUuid } from '@naru/kernel/ids';
import type { Transaction } from '@naru/platform/database';
import type { Delivered } from '@naru/platform/event';
import { Consumes } from '@naru/platform/rpc/decorators';
import { type Lot, type LotEvent, barGoods, evolve, receiveGoods } from '../lot/lot.js';
import { lockLot, saveLot } from '../lot/lot.store.js';
import { settlePhase } from './consignment.store.js';

/** What the centre tells about consignments. Goods that were never announced here (the centre may take such) concern no lot. */
@Controller()
export class ReceivingController {
  @Consumes(ConsignmentReceived)
  async receiveGoods(event: Delivered<ConsignmentReceived>, tx: Transaction): Promise<void> {
    const { consignmentId, counted, weighedGrams } = event.data;
    await this.#decide(tx, consignmentId, 'received', (lot) => receiveGoods(lot, { counted, weighedGrams }));
  }

  @Consumes(ConsignmentRefused)
  async barGoods(event: Delivered<ConsignmentRefused>, tx: Transaction): Promise<void> {
    await this.#decide(tx, event.data.consignmentId, 'refused', barGoods);
  }

  async #decide(tx: Transaction, consignmentId: Id, phase: 'received' | 'refused', decide: (lot: Lot) => Decision<LotEvent>): Promise<void> {
    const lotId = isUuid(consignmentId) ? await settlePhase(tx, consignmentId, phase) : undefined;
    if (lotId === undefined) return;
    const lot = (await lockLot(tx, lotId))!;
    const events = eventsOf(decide(lot));
    if (events.length > 0) saveLot(tx, events.reduce(evolve, lot));
  }
}
