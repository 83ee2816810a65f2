import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { API_RESOURCE } from '@naru/platform/auth/verifier';

export interface TokenClaims {
  readonly subject?: string;
  readonly organizationId: string;
  readonly roles: readonly string[];
  readonly kind?: 'user' | 'client' | 'service';
  readonly expiresInSeconds?: number;
}

/** A small issuer of real ES256 tokens with its keys on loopback, for tests of one service without identity. */
export class TestIssuer {
  private constructor(
    readonly issuer: string,
    readonly jwksUrl: string,
    private readonly key: CryptoKey,
    private readonly server: Server,
  ) {}

  static async start(): Promise<TestIssuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' }] });
    const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(jwks));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new TestIssuer('http://issuer.test/oidc', `http://127.0.0.1:${port}/jwks`, privateKey, server);
  }

  /** An access token with these claims. */
  token(claims: TokenClaims): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ organization: claims.organizationId, roles: [...claims.roles], kind: claims.kind ?? 'client' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
      .setIssuer(this.issuer)
      .setAudience(API_RESOURCE)
      .setSubject(claims.subject ?? `subject-of-${claims.organizationId}`)
      .setIssuedAt(now)
      .setExpirationTime(now + (claims.expiresInSeconds ?? 300))
      .sign(this.key);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
