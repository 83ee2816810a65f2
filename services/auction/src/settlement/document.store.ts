import type { ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { Id } from '@naru/kernel/ids';
import type { Minor } from '@naru/kernel/money';
import type { Queries, Writes } from '../queries.js';
import type { DocumentCharge, DocumentLineView, SoldLot } from './note.js';

/** What notes and invoices share: lines over slips, and charges. */
export interface DocumentBody {
  readonly documentId: Id;
  readonly lots: readonly SoldLot[];
  readonly charges: readonly DocumentCharge[];
}

/** Writes the lines and charges of documents. */
export function appendBodies(tx: Writes, bodies: readonly DocumentBody[]): void {
  const lines = bodies.flatMap(({ documentId, lots }) => lots.map((lot, i) => ({ documentId, line: i + 1, ...lot })));
  tx.send(
    `insert into document_lines (document_id, line, slip_id, lot_id, amount)
     select * from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::bigint[])`,
    [lines.map((line) => line.documentId), lines.map((line) => line.line), lines.map((line) => line.slipId), lines.map((line) => line.lotId), lines.map((line) => line.amount)],
  );
  const charges = bodies.flatMap(({ documentId, charges: of }) => of.map((charge, i) => ({ documentId, line: i + 1, ...charge })));
  if (charges.length === 0) return;
  tx.send(
    `insert into document_charges (document_id, line, kind, payer, amount, lot_id, advance_id)
     select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::bigint[], $6::uuid[], $7::uuid[])`,
    [
      charges.map((charge) => charge.documentId),
      charges.map((charge) => charge.line),
      charges.map((charge) => charge.kind),
      charges.map((charge) => charge.payer),
      charges.map((charge) => charge.amount),
      charges.map((charge) => charge.lotId ?? null),
      charges.map((charge) => charge.advanceId ?? null),
    ],
  );
}

interface SoldRow {
  readonly slip_id: Id;
  readonly lot_id: Id;
  readonly consignment_id: Id;
  readonly consignor_organization_id: Id;
  readonly buyer_organization_id: Id;
  readonly amount: Minor;
  readonly quantity: bigint;
  readonly category: Category;
  readonly loose: boolean;
  readonly cap_per_mille: number | null;
}

const SOLD = `
  select s.slip_id, s.lot_id, s.consignment_id, s.consignor_organization_id, s.buyer_organization_id, s.amount, s.quantity, c.category, c.loose, cap.per_mille as cap_per_mille
  from slips s join consignments c on c.consignment_id = s.consignment_id left join commission_caps cap on cap.market_id = s.market_id and cap.category = c.category`;

function toSold(row: SoldRow): SoldLot {
  return {
    slipId: row.slip_id,
    lotId: row.lot_id,
    consignmentId: row.consignment_id,
    consignorOrganizationId: row.consignor_organization_id,
    buyerOrganizationId: row.buyer_organization_id,
    amount: row.amount,
    quantity: row.quantity,
    category: row.category,
    loose: row.loose,
    capPerMille: row.cap_per_mille ?? undefined,
  };
}

/** The sold lots of a session by the slips that hold, in order of consignment. */
export async function soldIn(queries: Queries, sessionId: Id): Promise<readonly SoldLot[]> {
  const rows = await queries.query<SoldRow>(`${SOLD} where s.session_id = $1 and not exists (select from slips n where n.corrects_slip_id = s.slip_id) order by c.ordinal`, [sessionId]);
  return rows.map(toSold);
}

/** The lots of a document as they stand in it. */
export async function lotsOf(queries: Queries, documentId: Id): Promise<readonly SoldLot[]> {
  const rows = await queries.query<SoldRow>(`${SOLD} join document_lines d on d.slip_id = s.slip_id where d.document_id = $1 order by d.line`, [documentId]);
  return rows.map(toSold);
}

/** The charges of a document as they stand in it. */
export async function chargesIn(queries: Queries, documentId: Id): Promise<readonly DocumentCharge[]> {
  const rows = await queries.query<{ kind: ChargeKind; payer: Payer; amount: Minor; lot_id: Id | null; advance_id: Id | null }>(
    'select kind, payer, amount, lot_id, advance_id from document_charges where document_id = $1 order by line',
    [documentId],
  );
  return rows.map(({ kind, payer, amount, lot_id, advance_id }) => ({ kind, payer, amount, ...(lot_id !== null && { lotId: lot_id }), ...(advance_id !== null && { advanceId: advance_id }) }));
}

/** The lines of a document, in order. */
export async function linesOf(queries: Queries, documentId: Id): Promise<readonly DocumentLineView[]> {
  return queries.query(
    `select s.slip_id as "slipId", s.code as "slipCode", s.lot_id as "lotId", l.code as "lotCode", s.consignment_id as "consignmentId", c.item, c.variety, c.grade, c.origin,
       c.trade_unit_label as "tradeUnit", s.quantity, s.price, s.amount
     from document_lines d join slips s on s.slip_id = d.slip_id join lots l on l.lot_id = d.lot_id join consignments c on c.consignment_id = s.consignment_id
     where d.document_id = $1 order by d.line`,
    [documentId],
  );
}
