import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { type FeeSchedule, salesIncentive } from '../fees/fees.js';
import { type Posting, transfer } from '../ledger/posting.js';
import type { DocumentCharge, SoldLot } from '../settlement/note.js';
import type { Receivable } from './receivable.js';

/** The head of an invoice; it never changes. */
export interface Invoice {
  readonly invoiceId: Id;
  readonly code: string;
  readonly number: bigint;
  readonly marketId: Id;
  readonly businessDay: BusinessDay;
  readonly sessionId: Id;
  readonly operatorOrganizationId: Id;
  readonly buyerOrganizationId: Id;
  readonly feesVersion: number;
  readonly gross: Minor;
  readonly grants: Minor;
  readonly total: Minor;
  readonly issuedAt: Instant;
  readonly dueAt: Instant;
  readonly correctsInvoiceId: Id | undefined;
  readonly reason: string | undefined;
}

/** An invoice with what became of it. */
export interface InvoiceView extends Invoice {
  readonly correctedByInvoiceId: Id | undefined;
  readonly receivable: Receivable;
}

/** What an invoice says. total = gross − grants. */
export interface InvoiceBody {
  readonly lots: readonly SoldLot[];
  readonly charges: readonly DocumentCharge[];
  readonly gross: Minor;
  /** Granted to the buyer (판매장려금). */
  readonly grants: Minor;
  readonly total: Minor;
}

/** The incentives on `lots`, reckoned by `fees`. */
export function incentivesOf(lots: readonly SoldLot[], fees: FeeSchedule): readonly DocumentCharge[] {
  return lots.flatMap((lot) => salesIncentive(lot.amount, fees).map((charge) => ({ ...charge, lotId: lot.lotId })));
}

/** The invoice over `lots` with the incentives on them. */
export function composeInvoice(lots: readonly SoldLot[], charges: readonly DocumentCharge[]): InvoiceBody {
  const gross = lots.reduce((sum, lot) => sum + lot.amount, 0n);
  const grants = charges.reduce((sum, charge) => sum + charge.amount, 0n);
  return { lots, charges, gross, grants, total: gross - grants };
}

/** What the incentives of an invoice do to the books; the price stands there since the hammer. */
export function invoiceEntry(buyerOrganizationId: Id, charges: readonly DocumentCharge[]): readonly Posting[] {
  return charges.flatMap((charge) => transfer(charge.amount, { account: 'sales-incentive-expense' }, { account: 'buyer-receivable', organizationId: buyerOrganizationId }));
}
