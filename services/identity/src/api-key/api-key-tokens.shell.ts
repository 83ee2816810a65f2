import { Injectable } from '@nestjs/common';
import { type CryptoKey, type JWK, SignJWT, importJWK } from 'jose';
import type { ApiKey } from '@naru/contracts/gen/naru/identity/v1/api_key_service';
import { API_RESOURCE } from '@naru/platform/auth/verifier';
import { systemClock } from '@naru/platform/clocks';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { ServiceContext } from '@naru/platform/service-context';
import { issuerKeys } from '../oidc/keys.js';

/** Longer than the gateway keeps one, so that it never sends one that ends on its way. */
const LIFE_SECONDS = 120;
const ALGORITHM = 'ES256';

interface Signer {
  readonly kid: string;
  readonly key: CryptoKey | Uint8Array;
}

/** Access tokens of API keys: of the same make as the issuer's, with scopes in place of roles. */
@Injectable()
export class ApiKeyTokens {
  #signer: Promise<Signer> | undefined;

  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
    private readonly context: ServiceContext,
  ) {}

  async tokenFor(key: ApiKey): Promise<string> {
    const { kid, key: signs } = await (this.#signer ??= this.#load());
    const now = Math.floor(systemClock.now() / 1000);
    const ends = Math.min(now + LIFE_SECONDS, key.expiresAt ? Math.floor(key.expiresAt.getTime() / 1000) : Infinity);
    return new SignJWT({ organization: key.organizationId, kind: 'client', key: key.keyId, client_id: key.keyId, roles: [], scopes: key.scopes })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid })
      .setIssuer(this.context.config.issuer)
      .setAudience(API_RESOURCE)
      .setSubject(key.keyId)
      .setJti(this.ids.next())
      .setIssuedAt(now)
      .setExpirationTime(ends)
      .sign(signs);
  }

  async #load(): Promise<Signer> {
    const [jwk] = (await issuerKeys(this.database, this.ids)).jwks as readonly [JWK];
    return { kid: jwk.kid!, key: await importJWK(jwk, ALGORITHM) };
  }
}
