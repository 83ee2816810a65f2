import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { UnitBase } from '../stock/ledger.js';
import type { ExpectedPhase } from './receipt.js';

/** A consignment as auction announced it. */
export interface Announcement {
  readonly consignmentId: string;
  readonly code: string;
  readonly marketId: string;
  readonly lotId: string;
  readonly consignorId: string;
  readonly itemCode: string;
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  /** Trade units. */
  readonly quantity: bigint;
  readonly unitLabel: string;
  readonly unitBase: UnitBase;
  readonly unitSize: bigint;
}

export interface ConsignmentRow extends Pick<Announcement, 'consignmentId' | 'code' | 'consignorId' | 'unitBase' | 'unitSize'> {
  readonly phase: ExpectedPhase;
  readonly count: bigint;
  /** The event that told of its receipt. */
  readonly settledBy: string | null;
  /** Whether it was sold before it came. */
  readonly isSold: boolean;
}

/** The consignments that the centres expect: a projection of what auction announced. */
@Injectable()
export class ConsignmentStore {
  expect(tx: Writes, a: Announcement, announcedAt: Instant): void {
    tx.send(
      `insert into expected_consignments
         (consignment_id, code, market_id, lot_id, consignor_organization_id, item_code, item, variety, grade, quantity,
          unit_label, unit_base, unit_size, announced_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (consignment_id) do nothing`,
      [
        ...[a.consignmentId, a.code, a.marketId, a.lotId, a.consignorId, a.itemCode, a.item, a.variety, a.grade, a.quantity],
        ...[a.unitLabel, a.unitBase, a.unitSize, date(announcedAt)],
      ],
    );
  }

  /** The consignment, locked: it is received or refused once, whoever tries at the same time. */
  async lock(tx: Queries, consignmentId: string): Promise<ConsignmentRow | undefined> {
    const [row] = await tx.query<ConsignmentRow>(
      `select consignment_id as "consignmentId", code, consignor_organization_id as "consignorId", quantity as count,
              unit_base as "unitBase", unit_size as "unitSize", phase,
              (select event_id from receipts r where r.consignment_id = expected_consignments.consignment_id) as "settledBy",
              exists (select 1 from consignment_sales s where s.consignment_id = expected_consignments.consignment_id and s.sold_at is not null) as "isSold"
         from expected_consignments where consignment_id = $1 for no key update`,
      [consignmentId],
    );
    return row;
  }

  settle(tx: Writes, consignmentId: string, phase: Exclude<ExpectedPhase, 'expected'>): void {
    tx.send('update expected_consignments set phase = $2 where consignment_id = $1', [consignmentId, phase]);
  }
}
