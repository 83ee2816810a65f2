import { Injectable } from '@nestjs/common';
import { ConsignmentRegistered } from '@naru/contracts/gen/naru/auction/v1/events';
import type { Id } from '@naru/kernel/ids';
import { type BusinessDay, type Instant, businessDayOf } from '@naru/kernel/instant';
import type { Transaction } from '@naru/platform/database';
import { occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { drawCodes } from '../codes.js';
import type { Market } from '../market/market.js';
import type { Announcement } from './consignment.js';
import { type Consignment, type Source, insertConsignments } from './consignment.store.js';

/** A consignment that its market takes. */
export interface Taken {
  readonly announcement: Announcement;
  readonly market: Market;
  readonly source: Source | undefined;
}

/** Gives consignments their ids and codes, and writes them with their waiting lots and events. */
@Injectable()
export class Registration {
  constructor(
    private readonly ids: Ids,
    private readonly outbox: Outbox,
  ) {}

  async register(tx: Transaction, consignorOrganizationId: Id, taken: readonly Taken[], now: Instant): Promise<readonly Consignment[]> {
    if (taken.length === 0) return [];
    const days = taken.map(({ market }) => businessDayOf(now, market.timeZone));
    const codes = await this.#codes(tx, days);
    const consignments = taken.map(({ announcement, market, source }, i): Consignment => ({
      ...announcement,
      consignmentId: this.ids.next(),
      code: codes[i]!.consignment,
      consignorOrganizationId,
      operatorOrganizationId: market.operatorOrganizationId,
      lotId: this.ids.next(),
      lotCode: codes[i]!.lot,
      phase: 'announced',
      announcedAt: now,
      source,
    }));
    await insertConsignments(tx, consignments);
    const events = consignments.map((consignment, i) => occurred(ConsignmentRegistered, ConsignmentRegistered.fromPartial({ ...consignment, marketCode: taken[i]!.market.code }), now));
    await this.outbox.publish(tx, events);
    return consignments;
  }

  /** Codes in the order of the rows; counters are drawn in order of day and kind, so that two batches never wait for each other. */
  async #codes(tx: Transaction, days: readonly BusinessDay[]): Promise<readonly { readonly consignment: string; readonly lot: string }[]> {
    const drawn = new Map<BusinessDay, { readonly consignment: string; readonly lot: string }[]>();
    for (const day of [...new Set(days)].sort()) {
      const count = days.filter((some) => some === day).length;
      const consignments = await drawCodes(tx, 'CSG', day, count);
      const lots = await drawCodes(tx, 'LOT', day, count);
      drawn.set(day, consignments.map((consignment, i) => ({ consignment, lot: lots[i]! })));
    }
    return days.map((day) => drawn.get(day)!.shift()!);
  }
}
