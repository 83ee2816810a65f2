import { createHash } from 'node:crypto';
import { type JWTPayload, createRemoteJWKSet, jwtVerify } from 'jose';
import { CredentialKind } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import { systemClock } from '../clocks.js';
import type { Caller } from '../rpc/call.js';
import { type Credential, credential } from './revocations.js';

/** The audience of every access token. */
export const API_RESOURCE = 'urn:naru:api';

const CACHE_LIMIT = 20_000;
const SYSTEM_ROLES = new Set(['service', 'platform-operator']);

export interface Verified {
  readonly caller: Caller;
  /** System time, milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** What the token stands on: where one of these is revoked, it ends (rule I3). */
  readonly credentials: readonly Credential[];
}

function textsOf(claim: unknown): readonly string[] {
  return Array.isArray(claim) ? claim.filter((text): text is string => typeof text === 'string') : [];
}

function callerOf(claims: JWTPayload): Caller {
  const roles = textsOf(claims['roles']);
  const scopes = textsOf(claims['scopes']);
  const kind = claims['kind'];
  return {
    subject: claims.sub ?? '',
    kind: kind === 'user' || kind === 'service' ? kind : 'client',
    organizationId: typeof claims['organization'] === 'string' ? claims['organization'] : '',
    system: roles.some((role) => SYSTEM_ROLES.has(role)),
    roles,
    ...(scopes.length > 0 ? { scopes } : {}),
  };
}

function credentialsOf(claims: JWTPayload): readonly Credential[] {
  const { sub = '', kind, key, membership } = claims;
  if (typeof key === 'string') return [credential(CredentialKind.KEY, key)];
  if (kind !== 'user') return [credential(CredentialKind.CLIENT, sub)];
  return [credential(CredentialKind.USER, sub), ...(typeof membership === 'string' ? [credential(CredentialKind.MEMBERSHIP, membership)] : [])];
}

/** Verifies access tokens (RFC 9068: `at+jwt`, ES256, our issuer and audience) and remembers them by their hash until they end. */
export class TokenVerifier {
  readonly #issuer: string;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  readonly #verified = new Map<string, Verified>();

  constructor(options: { issuer: string; jwksUrl: string }) {
    this.#issuer = options.issuer;
    this.#keys = createRemoteJWKSet(new URL(options.jwksUrl), { cooldownDuration: 1000, cacheMaxAge: 300_000 });
  }

  /** The caller of an Authorization header, or undefined when it holds no token that is valid now. Whether it was revoked is asked of `Revocations`, at every use. */
  async verify(authorization: string | undefined): Promise<Verified | undefined> {
    if (!authorization?.startsWith('Bearer ')) return undefined;
    const token = authorization.slice(7);
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(hash);
    if (known) {
      if (known.expiresAt > systemClock.now()) return known;
      this.#verified.delete(hash);
      return undefined;
    }
    let claims: JWTPayload;
    try {
      ({ payload: claims } = await jwtVerify(token, this.#keys, { issuer: this.#issuer, audience: API_RESOURCE, algorithms: ['ES256'], typ: 'at+jwt', requiredClaims: ['exp', 'sub'] }));
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_JWKS_TIMEOUT') throw error;
      return undefined;
    }
    const verified = { caller: callerOf(claims), issuedAt: (claims.iat ?? 0) * 1000, expiresAt: claims.exp! * 1000, credentials: credentialsOf(claims) };
    if (this.#verified.size >= CACHE_LIMIT) this.#verified.delete(this.#verified.keys().next().value!);
    this.#verified.set(hash, verified);
    return verified;
  }
}

export const ANONYMOUS: Caller = { subject: '', kind: 'anonymous', organizationId: '', system: false, roles: [] };
