import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { Invoice } from './invoice.js';
import type { Receivable } from './receivable.js';

export function insertReceivables(tx: Writes, receivables: readonly { readonly invoice: Invoice; readonly receivable: Receivable }[]): void {
  tx.send(
    `insert into receivables (invoice_id, market_id, buyer_organization_id, phase, total, paid, due_at, overdue_at, ended_at)
     select invoice_id, market_id, buyer, phase, total, paid, to_timestamp(due_at / 1000), to_timestamp(overdue_at / 1000), to_timestamp(ended_at / 1000)
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::float8[], $8::float8[], $9::float8[])
       t (invoice_id, market_id, buyer, phase, total, paid, due_at, overdue_at, ended_at)`,
    [
      receivables.map(({ invoice }) => invoice.invoiceId),
      receivables.map(({ invoice }) => invoice.marketId),
      receivables.map(({ invoice }) => invoice.buyerOrganizationId),
      receivables.map(({ receivable }) => receivable.phase),
      receivables.map(({ receivable }) => receivable.total),
      receivables.map(({ receivable }) => receivable.paid),
      receivables.map(({ receivable }) => receivable.dueAt),
      receivables.map(({ receivable }) => receivable.overdueAt ?? null),
      receivables.map(({ receivable }) => receivable.endedAt ?? null),
    ],
  );
}

/** Writes the state of a locked receivable. */
export function saveReceivable(tx: Writes, invoiceId: Id, { phase, paid, overdueAt, endedAt }: Receivable): void {
  const at = (instant: Instant | undefined): Date | null => (instant === undefined ? null : date(instant));
  tx.send('update receivables set phase = $2, paid = $3, overdue_at = $4, ended_at = $5 where invoice_id = $1', [invoiceId, phase, paid, at(overdueAt), at(endedAt)]);
}

/** A payment of an invoice, or what was written off of it. */
export interface Payment {
  readonly paymentId: Id;
  readonly invoiceId: Id;
  readonly marketId: Id;
  readonly kind: 'payment' | 'write-off';
  readonly amount: Minor;
  readonly reference: string;
  readonly receivedAt: Instant;
}

/** Whether it was written: a transfer of the bank counts once. */
export async function insertPayment(tx: Queries, payment: Payment): Promise<boolean> {
  const { paymentId, invoiceId, marketId, kind, amount, reference, receivedAt } = payment;
  const rows = await tx.query(
    'insert into payments (payment_id, invoice_id, market_id, kind, amount, reference, received_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning payment_id',
    [paymentId, invoiceId, marketId, kind, amount, reference, date(receivedAt)],
  );
  return rows.length > 0;
}

/** The payments of an invoice and of those that it corrects, in order. */
export async function paymentsOf(queries: Queries, invoiceId: Id): Promise<readonly Payment[]> {
  return queries.query(
    `with recursive chain as (
       select invoice_id, corrects_invoice_id from invoices where invoice_id = $1
       union all select i.invoice_id, i.corrects_invoice_id from chain c join invoices i on i.invoice_id = c.corrects_invoice_id
     )
     select payment_id as "paymentId", p.invoice_id as "invoiceId", market_id as "marketId", kind, amount, reference, received_at as "receivedAt"
     from payments p join chain using (invoice_id) where kind = 'payment' order by payment_id`,
    [invoiceId],
  );
}

/** The next instant at which a receivable falls due. */
export async function nextDue(queries: Queries): Promise<Instant | undefined> {
  const [row] = await queries.query<{ due_at: Instant }>(`select due_at from receivables where phase in ('open', 'part-paid') order by due_at limit 1`);
  return row?.due_at;
}
