import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { date } from '@naru/platform/database';
import type { Bidder } from '../lot/bidding.js';
import type { Queries, Writes } from '../queries.js';

/** A bidder's admission and account as its market keeps it. Amounts in minor units. */
export interface Account {
  readonly marketId: Id;
  readonly organizationId: Id;
  readonly admission: number;
  readonly categories: readonly Category[];
  readonly licensedUntil: Instant;
  readonly suspended: boolean;
  readonly deposit: Minor;
  readonly credit: Minor;
  readonly exposure: Minor;
  /** Invoices past their due date. */
  readonly overdueInvoices: number;
}

const COLUMNS = `b.market_id as "marketId", b.organization_id as "organizationId", b.admission, b.categories, b.licensed_until as "licensedUntil",
  b.suspended, b.deposit, b.credit, b.exposure, b.overdue_invoices as "overdueInvoices"`;

/** Reads and locks one account, if there is one. */
export async function lockAccount(tx: Queries, marketId: Id, organizationId: Id): Promise<Account | undefined> {
  const [row] = await tx.query<Account>(`select ${COLUMNS} from bidders b where market_id = $1 and organization_id = $2 for update`, [marketId, organizationId]);
  return row;
}

/** Accounts are locked after their lot, in order of id: so two lots never wait for each other. */
const LOCK_BIDDERS = `
  select ${COLUMNS}, exists (select from affiliations a where a.organization_id = $3 and a.affiliate_organization_id = b.organization_id) as affiliated
  from bidders b where b.market_id = $1 and b.organization_id = any ($2::uuid[])
  order by b.organization_id for update of b`;

/** Locks the accounts of `organizationIds` that the market has, and says which are affiliates of the consignor. */
export async function lockBidders(tx: Queries, marketId: Id, organizationIds: readonly Id[], consignorOrganizationId: Id): Promise<Map<Id, Bidder>> {
  const rows = await tx.query<Account & { readonly affiliated: boolean }>(LOCK_BIDDERS, [marketId, organizationIds, consignorOrganizationId]);
  return new Map(rows.map((row) => [row.organizationId, row]));
}

const SAVE_EXPOSURES = `
  update bidders b set exposure = t.exposure from unnest($2::uuid[], $3::bigint[]) t (organization_id, exposure)
  where b.market_id = $1 and b.organization_id = t.organization_id`;

/** Writes what each organization is exposed to. */
export function saveExposures(tx: Writes, marketId: Id, exposures: ReadonlyMap<Id, Minor>): void {
  if (exposures.size > 0) tx.send(SAVE_EXPOSURES, [marketId, [...exposures.keys()], [...exposures.values()]]);
}

/** Writes an admission as the next version of it; exposure stays. */
export async function saveAdmission(tx: Queries, account: Account, admittedAt: Instant): Promise<void> {
  const { marketId, organizationId, admission, categories, licensedUntil, suspended, deposit, credit } = account;
  const terms = [marketId, organizationId, admission, categories, date(licensedUntil), suspended];
  await tx.query(
    `insert into bidders (market_id, organization_id, admission, categories, licensed_until, suspended, deposit, credit) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (market_id, organization_id) do update set admission = excluded.admission, categories = excluded.categories, licensed_until = excluded.licensed_until,
       suspended = excluded.suspended, deposit = excluded.deposit, credit = excluded.credit`,
    [...terms, deposit, credit],
  );
  await tx.query('insert into admissions (market_id, organization_id, admission, categories, licensed_until, suspended, admitted_at) values ($1, $2, $3, $4, $5, $6, $7)', [...terms, date(admittedAt)]);
}

/** The accounts that `viewer` may see: its own, and those of markets that it operates. `everything` for Naru itself. */
export async function listAccounts(
  queries: Queries,
  viewer: { readonly organizationId: Id; readonly everything: boolean },
  filter: { readonly marketId: Id; readonly organizationId?: Id; readonly after?: Id | undefined; readonly limit: number },
): Promise<readonly Account[]> {
  return queries.query<Account>(
    `select ${COLUMNS} from bidders b join markets m using (market_id)
     where b.market_id = $1 and ($2::uuid is null or b.organization_id = $2) and ($3::uuid is null or b.organization_id > $3)
       and ($4 or b.organization_id = $5 or m.operator_organization_id = $5)
     order by b.organization_id limit $6`,
    [filter.marketId, filter.organizationId ?? null, filter.after ?? null, viewer.everything, viewer.organizationId, filter.limit],
  );
}

/** What money does to an account: exposure, minor units, and invoices past their due date. */
export interface AccountChange {
  readonly organizationId: Id;
  readonly by: Minor;
  readonly overdue: number;
}

const CHANGE = `
  update bidders b set exposure = b.exposure + t.by, overdue_invoices = b.overdue_invoices + t.overdue
  from (select organization_id, sum(by)::bigint as by, sum(overdue)::integer as overdue from unnest($2::uuid[], $3::bigint[], $4::integer[]) u (organization_id, by, overdue) group by 1) t
  where b.market_id = $1 and b.organization_id = t.organization_id`;

/** Changes accounts, locked in order of id. */
export async function changeExposures(tx: Queries, marketId: Id, changes: readonly AccountChange[]): Promise<void> {
  if (changes.length === 0) return;
  const organizationIds = changes.map((change) => change.organizationId);
  await tx.query('select from bidders where market_id = $1 and organization_id = any ($2::uuid[]) order by organization_id for update', [marketId, organizationIds]);
  await tx.query(CHANGE, [marketId, organizationIds, changes.map((change) => change.by), changes.map((change) => change.overdue)]);
}
