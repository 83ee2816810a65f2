import { Injectable } from '@nestjs/common';
import { ApiKey } from '@naru/contracts/gen/naru/identity/v1/api_key_service';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { Queries } from '../queries.js';
import type { ApiKeyState } from './api-key.js';

interface ApiKeyRow {
  readonly keyId: string;
  readonly organizationId: string;
  readonly familyId: string;
  readonly rotatedFrom: string | null;
  readonly name: string;
  readonly scopes: string[];
  readonly allowedAddresses: string[];
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  readonly lastUsedAt: Instant | null;
}

/** A key as its controller works with it. */
export interface KnownKey {
  readonly state: ApiKeyState;
  readonly familyId: string;
  readonly message: ApiKey;
}

const COLUMNS = `key_id as "keyId", organization_id as "organizationId", family_id as "familyId", rotated_from as "rotatedFrom", name, scopes,
  allowed_addresses as "allowedAddresses", created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"`;
const FIND = `select ${COLUMNS}, secret_sha256 as "secretSha256" from api_keys where key_id = $1`;
const FAMILY = `select ${COLUMNS} from api_keys where organization_id = $1 and family_id = (select family_id from api_keys where organization_id = $1 and key_id = $2) order by key_id`;
const LIST = `select ${COLUMNS} from api_keys where organization_id = $1 and ($2::text is null or key_id > $2) order by key_id limit $3`;
const INSERT = `
  insert into api_keys (key_id, organization_id, family_id, rotated_from, name, secret_sha256, scopes, allowed_addresses, created_by, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const REVOKE = `update api_keys set revoked_at = $2 where key_id = $1 returning ${COLUMNS}`;
const USED = `
  update api_keys k set last_used_at = greatest(k.last_used_at, u.at)
    from (select * from unnest($1::text[], $2::timestamptz[]) as t (key_id, at)) u where k.key_id = u.key_id`;

function orNothing(instant: Instant | null): Date | undefined {
  return instant === null ? undefined : new Date(instant);
}

function known(row: ApiKeyRow): KnownKey {
  const { familyId, rotatedFrom, createdAt, expiresAt, revokedAt, lastUsedAt, ...rest } = row;
  return {
    state: { keyId: row.keyId, scopes: row.scopes, expiresAt: expiresAt ?? undefined, revokedAt: revokedAt ?? undefined },
    familyId,
    message: ApiKey.fromPartial({
      ...rest,
      rotatedFrom: rotatedFrom ?? '',
      createdAt: new Date(createdAt),
      expiresAt: orNothing(expiresAt),
      revokedAt: orNothing(revokedAt),
      lastUsedAt: orNothing(lastUsedAt),
    }),
  };
}

@Injectable()
export class ApiKeyStore {
  constructor(private readonly database: Database) {}

  /** A key by its id alone, with what proves it: for its holder. */
  async find(keyId: string): Promise<(KnownKey & { readonly secretSha256: Buffer }) | undefined> {
    const [row] = await this.database.query<ApiKeyRow & { secretSha256: Buffer }>(FIND, [keyId]);
    if (!row) return undefined;
    const { secretSha256, ...rest } = row;
    return { ...known(rest), secretSha256 };
  }

  /** Every key of the rotation that the organization's key belongs to; none for a key of another. */
  async family(tx: Queries, organizationId: string, keyId: string): Promise<readonly KnownKey[]> {
    return (await tx.query<ApiKeyRow>(FAMILY, [organizationId, keyId])).map(known);
  }

  async list(organizationId: string, page: { readonly after: string | undefined; readonly limit: number }): Promise<readonly ApiKey[]> {
    return (await this.database.query<ApiKeyRow>(LIST, [organizationId, page.after ?? null, page.limit])).map((row) => known(row).message);
  }

  async insert(tx: Queries, key: ApiKey, familyId: string, secretSha256: Buffer): Promise<void> {
    const { keyId, organizationId, rotatedFrom, name, scopes, allowedAddresses, createdBy, createdAt, expiresAt } = key;
    await tx.query(INSERT, [keyId, organizationId, familyId, rotatedFrom === '' ? null : rotatedFrom, name, secretSha256, scopes, allowedAddresses, createdBy, createdAt, expiresAt ?? null]);
  }

  async revoke(tx: Queries, keyId: string, at: Instant): Promise<ApiKey> {
    const [row] = await tx.query<ApiKeyRow>(REVOKE, [keyId, date(at)]);
    return known(row!).message;
  }

  /** Writes when keys were last used, many at once. */
  async used(uses: ReadonlyMap<string, Instant>): Promise<void> {
    await this.database.query(USED, [[...uses.keys()], [...uses.values()].map((at) => date(at))]);
  }
}
