import type { Id } from '@naru/kernel/ids';
import type { Minor } from '@naru/kernel/money';
import type { Account } from './accounts.js';

/** One line of an entry: debit positive, credit negative, minor units. */
export interface Posting {
  readonly account: Account;
  /** The party of the account, where it is kept per party. */
  readonly organizationId?: Id;
  readonly amount: Minor;
  /** The document whose posting this one takes back. */
  readonly reverses?: Id;
}

/** The sum of postings: 0 for every entry (rule A9). */
export function sumOf(postings: readonly Posting[]): Minor {
  return postings.reduce((sum, posting) => sum + posting.amount, 0n);
}

/** `amount` from `credit` to `debit`: nothing where there is nothing to post. */
export function transfer(amount: Minor, debit: Omit<Posting, 'amount'>, credit: Omit<Posting, 'amount'>): readonly Posting[] {
  return amount === 0n ? [] : [{ ...debit, amount }, { ...credit, amount: -amount }];
}

/** What takes the entry of `documentId` back. */
export function reversed(postings: readonly Posting[], documentId: Id): readonly Posting[] {
  return postings.map((posting) => ({ ...posting, amount: -posting.amount, reverses: documentId }));
}

/** The hammer: the buyer owes the price, and the consignor is owed it. */
export function saleEntry(sale: { readonly buyerOrganizationId: Id; readonly consignorOrganizationId: Id; readonly amount: Minor }): readonly Posting[] {
  return transfer(sale.amount, { account: 'buyer-receivable', organizationId: sale.buyerOrganizationId }, { account: 'consignor-payable', organizationId: sale.consignorOrganizationId });
}

/** A buyer has paid. */
export function paymentEntry(buyerOrganizationId: Id, amount: Minor): readonly Posting[] {
  return transfer(amount, { account: 'bank' }, { account: 'buyer-receivable', organizationId: buyerOrganizationId });
}

/** What a buyer owed is given up. */
export function writeOffEntry(buyerOrganizationId: Id, amount: Minor): readonly Posting[] {
  return transfer(amount, { account: 'bad-debt-expense' }, { account: 'buyer-receivable', organizationId: buyerOrganizationId });
}

/** A consignor has been paid. */
export function payoutEntry(consignorOrganizationId: Id, amount: Minor): readonly Posting[] {
  return transfer(amount, { account: 'consignor-payable', organizationId: consignorOrganizationId }, { account: 'bank' });
}

/** The corporation has paid freight for a consignor. */
export function advanceEntry(consignorOrganizationId: Id, amount: Minor): readonly Posting[] {
  return transfer(amount, { account: 'advances', organizationId: consignorOrganizationId }, { account: 'bank' });
}

/** A consignor was paid more than its corrected note says: it is owed less by the notes that follow. */
export function overpaidEntry(consignorOrganizationId: Id, amount: Minor): readonly Posting[] {
  return transfer(amount, { account: 'advances', organizationId: consignorOrganizationId }, { account: 'consignor-payable', organizationId: consignorOrganizationId });
}
