import type { Transaction } from '@naru/platform/database';
import type { Caller } from '@naru/platform/rpc/call';

/** Whatever runs a statement: the database or a running transaction. */
export type Queries = Pick<Transaction, 'query'>;

/** A running transaction that is written to without waiting: what fails makes it fail. */
export type Writes = Pick<Transaction, 'send'>;

/** For whom rows are read or changed. The system is party to everything. */
export type Viewer = Pick<Caller, 'organizationId' | 'system'>;

/** Comes before every id: where a list begins. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
