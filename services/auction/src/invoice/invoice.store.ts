import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import type { Queries, Writes } from '../queries.js';
import type { Viewer } from '../viewer.js';
import type { Invoice, InvoiceView } from './invoice.js';
import type { ReceivablePhase } from './receivable.js';

export function insertInvoices(tx: Writes, invoices: readonly Invoice[]): void {
  const column = <T>(of: (invoice: Invoice) => T): T[] => invoices.map(of);
  tx.send(
    `insert into invoices (invoice_id, code, number, market_id, business_day, session_id, operator_organization_id, buyer_organization_id, fees_version, gross, grants, total,
       issued_at, due_at, corrects_invoice_id, reason)
     select invoice_id, code, number, market_id, business_day::date, session_id, operator, buyer, fees_version, gross, grants, total, to_timestamp(issued_at / 1000), to_timestamp(due_at / 1000), corrects, reason
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::integer[], $10::bigint[], $11::bigint[], $12::bigint[],
       $13::float8[], $14::float8[], $15::uuid[], $16::text[])
       t (invoice_id, code, number, market_id, business_day, session_id, operator, buyer, fees_version, gross, grants, total, issued_at, due_at, corrects, reason)`,
    [
      column((invoice) => invoice.invoiceId),
      column((invoice) => invoice.code),
      column((invoice) => invoice.number),
      column((invoice) => invoice.marketId),
      column((invoice) => invoice.businessDay),
      column((invoice) => invoice.sessionId),
      column((invoice) => invoice.operatorOrganizationId),
      column((invoice) => invoice.buyerOrganizationId),
      column((invoice) => invoice.feesVersion),
      column((invoice) => invoice.gross),
      column((invoice) => invoice.grants),
      column((invoice) => invoice.total),
      column((invoice) => invoice.issuedAt),
      column((invoice) => invoice.dueAt),
      column((invoice) => invoice.correctsInvoiceId ?? null),
      column((invoice) => invoice.reason ?? null),
    ],
  );
}

type InvoiceRow = Omit<InvoiceView, 'receivable' | 'correctsInvoiceId' | 'reason' | 'correctedByInvoiceId'> & {
  readonly correctsInvoiceId: Id | null;
  readonly reason: string | null;
  readonly correctedByInvoiceId: Id | null;
  readonly phase: ReceivablePhase;
  readonly paid: Minor;
  readonly overdue_at: Instant | null;
  readonly ended_at: Instant | null;
};

const SELECT = `
  select i.invoice_id as "invoiceId", i.code, i.number, i.market_id as "marketId", to_char(i.business_day, 'YYYY-MM-DD') as "businessDay", i.session_id as "sessionId",
    i.operator_organization_id as "operatorOrganizationId", i.buyer_organization_id as "buyerOrganizationId", i.fees_version as "feesVersion", i.gross, i.grants, i.total,
    i.issued_at as "issuedAt", i.due_at as "dueAt", i.corrects_invoice_id as "correctsInvoiceId", i.reason, x.invoice_id as "correctedByInvoiceId",
    r.phase, r.paid, r.overdue_at, r.ended_at
  from invoices i join receivables r on r.invoice_id = i.invoice_id left join invoices x on x.corrects_invoice_id = i.invoice_id`;

function toInvoice({ phase, paid, overdue_at, ended_at, ...row }: InvoiceRow): InvoiceView {
  return {
    ...row,
    correctsInvoiceId: row.correctsInvoiceId ?? undefined,
    reason: row.reason ?? undefined,
    correctedByInvoiceId: row.correctedByInvoiceId ?? undefined,
    receivable: { phase, total: row.total, paid, dueAt: row.dueAt, overdueAt: overdue_at ?? undefined, endedAt: ended_at ?? undefined },
  };
}

/** Reads an invoice and locks its receivable: after the session, before the accounts of bidders. */
export async function lockInvoice(tx: Queries, invoiceId: Id): Promise<InvoiceView | undefined> {
  const [row] = await tx.query<InvoiceRow>(`${SELECT} where i.invoice_id = $1 for update of r`, [invoiceId]);
  return row && toInvoice(row);
}

/** The invoice of a buyer in a session that holds, its receivable locked. */
export async function lockCurrentInvoice(tx: Queries, sessionId: Id, buyerOrganizationId: Id): Promise<InvoiceView | undefined> {
  const [row] = await tx.query<InvoiceRow>(`${SELECT} where i.session_id = $1 and i.buyer_organization_id = $2 and x.invoice_id is null for update of r`, [sessionId, buyerOrganizationId]);
  return row && toInvoice(row);
}

/** Locks the receivables that were due at `now` and are not marked yet, of at most `limit` invoices. */
export async function lockDue(tx: Queries, now: Date, limit: number): Promise<readonly InvoiceView[]> {
  const rows = await tx.query<InvoiceRow>(`${SELECT} where r.phase in ('open', 'part-paid') and r.due_at <= $1 order by r.invoice_id limit $2 for update of r skip locked`, [now, limit]);
  return rows.map(toInvoice);
}

export interface InvoiceFilter {
  readonly invoiceId?: Id;
  readonly sessionId?: Id | undefined;
  readonly phase?: ReceivablePhase | undefined;
  readonly after?: Id | undefined;
  readonly limit: number;
}

/** The invoices that `viewer` may see, by id: as buyer, as operator of the market. */
export async function listInvoices(queries: Queries, viewer: Viewer, filter: InvoiceFilter): Promise<readonly InvoiceView[]> {
  const rows = await queries.query<InvoiceRow>(
    `${SELECT}
     where ($1::uuid is null or i.invoice_id = $1) and ($2::uuid is null or i.session_id = $2) and ($3::text is null or r.phase = $3) and ($4::uuid is null or i.invoice_id > $4)
       and ($5 or i.buyer_organization_id = $6 or i.operator_organization_id = $6)
     order by i.invoice_id limit $7`,
    [filter.invoiceId ?? null, filter.sessionId ?? null, filter.phase ?? null, filter.after ?? null, viewer.everything, viewer.organizationId, filter.limit],
  );
  return rows.map(toInvoice);
}
