import type { TestDatabase } from '@naru/testing/test-database';

/** The tables that hold what a market and a centre owe: journals, balances, accounts, lots. */
const LEDGER = [
  'auction.bids',
  'auction.bidders',
  'auction.hammers',
  'auction.lots',
  'auction.consignments',
  'warehousing.stock_movements',
  'warehousing.stock_movement_lines',
  'warehousing.stock_balances',
  'warehousing.receipts',
  'warehousing.locations',
] as const;

export type Ledger = Readonly<Record<string, readonly string[]>>;

/** Every row of the ledger as text, in a fixed order: two snapshots are equal if and only if nothing was booked between them. */
export async function ledgerOf(database: Pick<TestDatabase, 'query'>): Promise<Ledger> {
  const rows = await database.query<{ name: string; rows: string[] }>(
    LEDGER.map((table) => `select '${table}' as name, coalesce(array_agg(t::text order by t::text collate "C"), '{}') as rows from ${table} t`).join(' union all '),
  );
  return Object.fromEntries(rows.map(({ name, rows: texts }) => [name, texts]));
}

/** Rows of every table of the domain; what the shell and the audit log keep of a call is their business. */
export async function rowCounts(database: Pick<TestDatabase, 'query'>): Promise<Readonly<Record<string, number>>> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('identity', 'auction', 'warehousing')
      and tablename !~ '^(outbox|inbox|idempotency|parked|migrations|audit|oidc)' order by 1`,
  );
  const counts = await database.query<{ name: string; n: string }>(tables.map(({ name }) => `select '${name}' as name, count(*) as n from ${name}`).join(' union all '));
  return Object.fromEntries(counts.map(({ name, n }) => [name, Number(n)]));
}
