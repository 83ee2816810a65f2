import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { DocumentCharge, OpenAdvance } from './note.js';

/** What the corporation has advanced to a consignor. */
export interface Advance {
  readonly advanceId: Id;
  /** The document that posts it: the freight bill, or the note that made a payout too much. */
  readonly billId: Id;
  readonly marketId: Id;
  readonly operatorOrganizationId: Id;
  readonly consignorOrganizationId: Id;
  readonly consignmentId: Id | undefined;
  /** Of an overpayment: the session whose note was corrected. */
  readonly sessionId: Id | undefined;
  readonly kind: 'freight' | 'overpaid';
  readonly amount: Minor;
  readonly reference: string;
}

export function insertAdvances(tx: Writes, advances: readonly Advance[], recordedAt: Instant): void {
  for (const advance of advances) {
    tx.send(
      `insert into advances (advance_id, bill_id, market_id, operator_organization_id, consignor_organization_id, consignment_id, session_id, kind, amount, reference, recorded_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        advance.advanceId,
        advance.billId,
        advance.marketId,
        advance.operatorOrganizationId,
        advance.consignorOrganizationId,
        advance.consignmentId ?? null,
        advance.sessionId ?? null,
        advance.kind,
        advance.amount,
        advance.reference,
        date(recordedAt),
      ],
    );
  }
}

/** Locks what is open of the advances to `consignors` in a market, by consignor; without overpayments by the session `besides`. Locked after the session. */
export async function lockOpenAdvances(tx: Queries, marketId: Id, consignors: readonly Id[], besides?: Id): Promise<ReadonlyMap<Id, readonly OpenAdvance[]>> {
  const rows = await tx.query<{ advance_id: Id; consignor: Id; outstanding: Minor }>(
    `select advance_id, consignor_organization_id as consignor, amount - deducted as outstanding from advances
     where market_id = $1 and consignor_organization_id = any ($2::uuid[]) and deducted < amount and ($3::uuid is null or session_id is distinct from $3)
     order by advance_id for update`,
    [marketId, consignors, besides ?? null],
  );
  const open = Map.groupBy(rows, (row) => row.consignor);
  return new Map([...open].map(([consignor, of]) => [consignor, of.map((row) => ({ advanceId: row.advance_id, outstanding: row.outstanding }))]));
}

/** Counts what notes deduct (`sign` 1), or gives back what a corrected one had deducted (-1). */
export function countDeductions(tx: Writes, charges: readonly DocumentCharge[], sign: 1 | -1): void {
  const taken = charges.filter((charge) => charge.advanceId !== undefined);
  if (taken.length === 0) return;
  tx.send(
    `update advances a set deducted = a.deducted + t.amount from (select advance_id, sum(amount)::bigint as amount from unnest($1::uuid[], $2::bigint[]) u (advance_id, amount) group by 1) t
     where a.advance_id = t.advance_id`,
    [taken.map((charge) => charge.advanceId!), taken.map((charge) => charge.amount * BigInt(sign))],
  );
}

/** What was booked as paid too much for the notes of a consignor in a session. */
export async function overpaidIn(queries: Queries, sessionId: Id, consignorOrganizationId: Id): Promise<Minor> {
  const [row] = await queries.query<{ amount: Minor }>(
    `select coalesce(sum(amount), 0)::bigint as amount from advances where session_id = $1 and consignor_organization_id = $2 and kind = 'overpaid'`,
    [sessionId, consignorOrganizationId],
  );
  return row!.amount;
}

/** Consignments of a market with their weight: as weighed, or the announced quantity in the trade unit's base. */
export async function weightsOf(queries: Queries, marketId: Id, consignmentIds: readonly Id[]): Promise<readonly { readonly consignmentId: Id; readonly consignorOrganizationId: Id; readonly grams: bigint }[]> {
  return queries.query(
    `select c.consignment_id as "consignmentId", c.consignor_organization_id as "consignorOrganizationId",
       case when l.weighed_grams > 0 then l.weighed_grams else c.quantity * c.trade_unit_size end as grams
     from consignments c join lots l on l.lot_id = c.lot_id where c.market_id = $1 and c.consignment_id = any ($2::uuid[]) order by c.ordinal`,
    [marketId, consignmentIds],
  );
}
