import type { Id } from '@naru/kernel/ids';
import type { Queries } from '../queries.js';

export async function saveParty(tx: Queries, organizationId: Id, name: string): Promise<void> {
  await tx.query('insert into parties (organization_id, name) values ($1, $2) on conflict (organization_id) do nothing', [organizationId, name]);
}

/** Names of organizations as identity registered them; the id of one that it has not told of yet. */
export async function namesOf(queries: Queries, organizationIds: readonly Id[]): Promise<ReadonlyMap<Id, string>> {
  const rows = await queries.query<{ organization_id: Id; name: string }>('select organization_id, name from parties where organization_id = any ($1::uuid[])', [organizationIds]);
  const names = new Map(rows.map((row) => [row.organization_id, row.name]));
  return new Map(organizationIds.map((id) => [id, names.get(id) ?? id]));
}
