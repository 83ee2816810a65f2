import { createHash } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { systemClock } from '@naru/platform/clocks';
import { type Database, date } from '@naru/platform/database';

const SAVE = `
  insert into oidc (model, id_sha256, payload, grant_id, user_code, uid, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (model, id_sha256) do update
     set payload = excluded.payload, grant_id = excluded.grant_id, user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`;
const ALIVE = `(expires_at is null or expires_at > $3)`;
const FIND = `select payload, consumed_at as "consumedAt" from oidc where model = $1 and id_sha256 = $2 and ${ALIVE}`;
const FIND_BY_UID = `select payload, consumed_at as "consumedAt" from oidc where model = $1 and uid = $2 and ${ALIVE}`;
const FIND_BY_USER_CODE = `select payload, consumed_at as "consumedAt" from oidc where model = $1 and user_code = $2 and ${ALIVE}`;
/** Only one of two at once gets its row: the other one waits for the lock and then finds it consumed. */
const CONSUME = `update oidc set consumed_at = $3 where model = $1 and id_sha256 = $2 and consumed_at is null returning model`;
const DESTROY = `delete from oidc where model = $1 and id_sha256 = $2`;
const REVOKE = `delete from oidc where model = $1 and grant_id = $2`;
const EXPIRED_BATCH = 1000;
const DELETE_EXPIRED = `
  delete from oidc where (model, id_sha256) in (select model, id_sha256 from oidc where expires_at < $1 limit ${EXPIRED_BATCH})
  returning model`;

interface Row {
  readonly payload: AdapterPayload;
  readonly consumedAt: number | null;
}

/** The id of a code or a refresh token is the token itself: what is kept must not be usable. */
function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}

/** The payload without the places in which the issuer repeats the id, and the session's cookie. */
function withoutSecrets({ jti: _, session, ...payload }: AdapterPayload): AdapterPayload {
  if (!session) return payload;
  const { cookie: __, ...kept } = session;
  return { ...payload, session: kept };
}

/** What oidc-provider keeps of one model, in the table `oidc`. */
export class OidcAdapter implements Adapter {
  readonly #database: Database;
  readonly #model: string;

  constructor(database: Database, model: string) {
    this.#database = database;
    this.#model = model;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const expiresAt = expiresIn === undefined ? null : date(systemClock.now() + expiresIn * 1000);
    const { grantId = null, userCode = null, uid = null } = payload;
    await this.#database.query(SAVE, [this.#model, hashOf(id), withoutSecrets(payload), grantId, userCode, uid, expiresAt]);
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.#find(FIND, hashOf(id), { jti: id });
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#find(FIND_BY_UID, uid);
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#find(FIND_BY_USER_CODE, userCode);
  }

  async #find(statement: string, key: string | Buffer, known: { readonly jti?: string } = {}): Promise<AdapterPayload | undefined> {
    const [row] = await this.#database.query<Row>(statement, [this.#model, key, date(systemClock.now())]);
    return row && { ...row.payload, ...known, ...(row.consumedAt === null ? {} : { consumed: Math.floor(row.consumedAt / 1000) }) };
  }

  /** Marks as used. Throws where another call was first: oidc-provider looks before it consumes, and two may look at once. */
  async consume(id: string): Promise<void> {
    const rows = await this.#database.query(CONSUME, [this.#model, hashOf(id), date(systemClock.now())]);
    if (rows.length === 0) throw new errors.InvalidGrant('already used');
  }

  async destroy(id: string): Promise<void> {
    await this.#database.query(DESTROY, [this.#model, hashOf(id)]);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#database.query(REVOKE, [this.#model, grantId]);
  }
}

/** Deletes what has expired, in batches: each login and each code leaves rows. */
export async function deleteExpired(database: Database): Promise<number> {
  for (let deleted = 0; ; ) {
    const count = (await database.query(DELETE_EXPIRED, [date(systemClock.now())])).length;
    deleted += count;
    if (count < EXPIRED_BATCH) return deleted;
  }
}
