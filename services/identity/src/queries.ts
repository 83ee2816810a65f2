import type { Transaction } from '@naru/platform/database';

/** Whatever runs a statement: the database or a running transaction. */
export type Queries = Pick<Transaction, 'query'>;
