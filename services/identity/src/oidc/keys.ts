import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type JWK, calculateJwkThumbprint } from 'jose';
import { systemClock } from '@naru/platform/clocks';
import { type Database, date } from '@naru/platform/database';
import type { Ids } from '@naru/platform/ids';
import type { Queries } from '../queries.js';

/** The keys of the issuer, made once and kept in the schema. */
export interface IssuerKeys {
  /** Private JWKs; the first one signs, all are published. */
  readonly jwks: readonly JWK[];
  /** The first one signs cookies, all verify. */
  readonly cookieKeys: readonly string[];
}

const COOKIE_KEY_BYTES = 32;

/** What signs comes first: the latest whose time has come, then the earlier ones, then those that are published ahead of their time. */
const SIGNING_KEYS = `
  select jwk from signing_keys where retired_at is null or retired_at > $1
   order by (signs_from <= $1) desc, signs_from desc`;
const COOKIE_KEYS = `select value from cookie_keys order by created_at desc`;

async function makeSigningKey(tx: Queries, now: number): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(key);
  await tx.query(`insert into signing_keys (kid, jwk, created_at, signs_from) values ($1, $2, $3, $3)`, [kid, { ...key, kid, alg: 'ES256', use: 'sig' }, date(now)]);
}

async function makeCookieKey(tx: Queries, ids: Ids, now: number): Promise<void> {
  await tx.query(`insert into cookie_keys (key_id, value, created_at) values ($1, $2, $3)`, [ids.next(), randomBytes(COOKIE_KEY_BYTES).toString('base64url'), date(now)]);
}

/** The keys in the schema; the first start makes them. */
export async function issuerKeys(database: Database, ids: Ids): Promise<IssuerKeys> {
  return database.transaction(async (tx) => {
    // Two instances that start at once make one set.
    await tx.query(`select pg_advisory_xact_lock(hashtext('identity.keys'))`);
    const now = systemClock.now();
    const signing = () => tx.query<{ jwk: JWK }>(SIGNING_KEYS, [date(now)]);
    const cookie = () => tx.query<{ value: string }>(COOKIE_KEYS);
    if ((await signing()).length === 0) await makeSigningKey(tx, now);
    if ((await cookie()).length === 0) await makeCookieKey(tx, ids, now);
    return { jwks: (await signing()).map((row) => row.jwk), cookieKeys: (await cookie()).map((row) => row.value) };
  });
}
