import type { Rule } from '@naru/platform/rule';
import { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { type ChainedEntry, GENESIS, chainHash } from './audit/chain.js';

type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

const PAGE = 1000;
/** An entry that the sealer has not reached by then has been forgotten, or kept from it. */
const SEALED_WITHIN = '1 minute';

/** Numbers as text: readers differ in how they read bigint and timestamps. */
const CHAIN = `
  select c.position::text, encode(c.hash, 'hex') as hash, round(extract(epoch from e.recorded_at) * 1000)::text as "recordedAt",
         e.action, e.subject, e.organization_id as "organizationId", e.object, e.code
    from identity.audit_chain c left join identity.audit_entries e using (entry_id)
   where c.position > $1::bigint order by c.position limit ${PAGE}`;
const LOOSE = `
  select count(*)::int as loose from identity.audit_entries e
   where not exists (select from identity.audit_chain c where c.entry_id = e.entry_id)
     and (e.recorded_at < now() - interval '${SEALED_WITHIN}' or not exists (select from identity.audit_unsealed u where u.entry_id = e.entry_id))`;

type ChainRow = Omit<ChainedEntry, 'position' | 'recordedAt'> & { readonly position: string; readonly recordedAt: string; readonly hash: string };

/** Recomputes the chain from its first entry: gapless places, hashes that follow from the entries, no entry beside it. */
async function checkChain(query: Query): Promise<{ checked: number; violations: number }> {
  let checked = 0;
  let violations = 0;
  let previous: Buffer = GENESIS;
  for (let last = 0n; ; ) {
    const rows = await query<ChainRow>(CHAIN, [String(last)]);
    for (const { hash, ...row } of rows) {
      const position = BigInt(row.position);
      const expected = chainHash(previous, { ...row, position, recordedAt: Number(row.recordedAt) }).toString('hex');
      if (position !== last + 1n || hash !== expected) violations++;
      // Goes on from the hash that is kept, so that one changed entry counts once.
      previous = Buffer.from(hash, 'hex');
      last = position;
      checked++;
    }
    if (rows.length < PAGE) break;
  }
  const [row] = await query<{ loose: number }>(LOOSE);
  return { checked, violations: violations + row!.loose };
}

/**
 * Credentials that ended for good, and tokens that were granted to them later than one that was on its way. By record time alone: business
 * time has another clock. A user counts once for all organizations.
 */
const LATE_TOKENS = `
  with ended as (
    select recorded_at, split_part(object, '/', 4) as subject from identity.audit_entries where action in ('CLIENT_DISABLED', 'API_KEY_REVOKED')
    union all
    select recorded_at, split_part(object, '/', 2) from identity.audit_entries where action = 'USER_DISABLED')
  select count(*)::bigint as checked,
         count(*) filter (where exists (
           select from identity.audit_entries e where e.action = 'TOKEN_GRANTED' and e.subject = ended.subject and e.recorded_at > ended.recorded_at + interval '60 seconds'))::bigint as violations
    from ended`;

const NARU = `(select organization_id::text from identity.organizations where kind = '${OrganizationKind.SYSTEM}')`;

/** What `naru verify` checks of identity. */
export const rules: readonly Rule[] = [
  {
    rule: 'I1',
    title: 'Deny by default: a token was granted only to a client or member that holds a role, and every refusal says why',
    test: 'services/identity/src/test/identity.spec.ts: refuses what the caller may not',
    check: `
      select count(*)::bigint as checked,
             count(*) filter (where (e.action = 'REFUSED' and e.code = '')
               or (e.action = 'TOKEN_GRANTED'
                   and not exists (select from identity.clients c where c.client_id = e.subject and c.organization_id::text = e.organization_id)
                   and not exists (select from identity.api_keys k where k.key_id = e.subject and k.organization_id::text = e.organization_id)
                   and not exists (select from identity.memberships m where m.user_id::text = e.subject and m.organization_id::text = e.organization_id)))::bigint as violations
        from identity.audit_entries e where e.action in ('REFUSED', 'TOKEN_GRANTED')`,
  },
  {
    rule: 'I2',
    title: "An organization changes only its own members and clients; Naru's own may change any",
    test: 'services/identity/src/test/identity.spec.ts: shows a foreign organization like an unknown one',
    check: `
      select count(*)::bigint as checked,
             count(*) filter (where e.organization_id <> split_part(e.object, '/', 2) and e.organization_id is distinct from ${NARU})::bigint as violations
        from identity.audit_entries e
       where e.action in ('ORGANIZATION_REGISTERED', 'AFFILIATION_DECLARED', 'MEMBERSHIP_GRANTED', 'MEMBERSHIP_ENDED', 'CLIENT_REGISTERED', 'CLIENT_ROTATED', 'CLIENT_DISABLED', 'API_KEY_CREATED', 'API_KEY_ROTATED', 'API_KEY_REVOKED')`,
  },
  {
    rule: 'I3',
    title: 'A revoked credential stops working within 60 s, also when the feed is cut: whoever was ended or disabled got no token afterwards',
    test: 'tests/src/revocation.spec.ts: everything is refused within the window, writes before reads, with a stable code',
    check: LATE_TOKENS,
  },
  { rule: 'I4', title: 'The audit log is whole: its chain has no gap, its hashes recompute, and no entry stands beside it', check: checkChain },
];
