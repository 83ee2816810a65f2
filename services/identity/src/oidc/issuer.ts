import type { EventEmitter } from 'node:events';
import { Provider, type ClientMetadata, type Configuration, type KoaContextWithOIDC, errors } from 'oidc-provider';
import { API_RESOURCE } from '@naru/platform/auth/verifier';
import type { Database } from '@naru/platform/database';
import type { AuditLog } from '../audit/audit-log.js';
import type { ClientStore } from '../client/client.store.js';
import type { MembershipStore } from '../membership/membership.store.js';
import { findAccount, idTokensNameTheUser, signInPolicy } from './account.js';
import { OidcAdapter } from './adapter.js';
import { auditRecordOf } from './audited-routes.js';
import { ClientAdapter, compareSecretsByHash } from './clients.js';
import type { IssuerKeys } from './keys.js';
import { errorPage, signedOutPage, signOutPage } from './provider-pages.js';

/** The console: ours, public, with PKCE. */
export const CONSOLE_CLIENT = 'naru-console';

/** The scope of the API: what a token may do is in its roles, so there is one. */
const API_SCOPE = 'api';
const ACCESS_TOKEN_SECONDS = 300;
const HOUR = 3600;
/** A shift: who works longer signs in again. */
const SESSION_SECONDS = 12 * HOUR;

export interface IssuerParts {
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly database: Database;
  readonly clients: ClientStore;
  readonly memberships: MembershipStore;
  readonly audit: AuditLog;
  readonly consoleRedirectUris: readonly string[];
  readonly onError: (error: unknown) => void;
}

function consoleClient(redirectUris: readonly string[]): ClientMetadata {
  return {
    client_id: CONSOLE_CLIENT,
    client_name: 'Naru',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...new Set(redirectUris.map((uri) => new URL('/', uri).href))],
  };
}

/** Own clients need no consent: the grant is made at the first sign-in, and found by the session later. */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, account } = ctx.oidc;
  const known = session!.grantIdFor(client!.clientId);
  const grant = known ? await provider.Grant.find(known) : undefined;
  if (grant && grant.accountId === account!.accountId) return grant;
  const made = new provider.Grant({ clientId: client!.clientId, accountId: account!.accountId });
  made.addOIDCScope('openid');
  made.addResourceScope(API_RESOURCE, API_SCOPE);
  await made.save();
  return made;
}

function configuration(parts: IssuerParts): Configuration {
  const { database, clients, memberships, keys } = parts;
  const prefix = new URL(parts.issuer).pathname;
  return {
    adapter: (model: string) => (model === 'Client' ? new ClientAdapter(clients) : new OidcAdapter(database, model)),
    clients: [consoleClient(parts.consoleRedirectUris)],
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'client_secret_basic' },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    extraClientMetadata: { properties: ['naru_organization', 'naru_kind', 'naru_roles'] },
    jwks: { keys: keys.jwks },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: {
      keys: [...keys.cookieKeys],
      names: { session: 'naru_session', interaction: 'naru_sign_in', resume: 'naru_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    responseTypes: ['code'],
    scopes: ['openid'],
    claims: { openid: ['sub', 'name', 'organization'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => true,
    findAccount: (_ctx, accountId) => findAccount(memberships, accountId),
    loadExistingGrant,
    interactions: { url: (_ctx, interaction) => `${prefix}/sign-in/${interaction.uid}`, policy: signInPolicy() },
    extraTokenClaims: (ctx, token) => claimsOf(ctx, token as { accountId?: string }, memberships),
    formats: {
      customizers: {
        // The account is the membership; the subject of a token is the person.
        jwt: (_ctx, _token, jwt) => {
          const { user, ...payload } = jwt.payload;
          jwt.payload = user === undefined ? payload : { ...payload, sub: user };
        },
      },
    },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: HOUR / 4,
      Session: SESSION_SECONDS,
      Grant: SESSION_SECONDS,
      // A refreshed token ends when the first one would have: rotation never prolongs a sign-in.
      RefreshToken: (ctx) => ctx?.oidc?.entities.RotatedRefreshToken?.remainingTTL ?? SESSION_SECONDS,
    },
    renderError: errorPage,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      claimsParameter: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== API_RESOURCE) throw new errors.InvalidTarget();
          return { scope: API_SCOPE, audience: API_RESOURCE, accessTokenFormat: 'jwt', accessTokenTTL: ACCESS_TOKEN_SECONDS, jwt: { sign: { alg: 'ES256' } } };
        },
      },
    },
  };
}

/** What a token says of its bearer: organization, kind and roles. `user` becomes the subject. */
async function claimsOf(ctx: KoaContextWithOIDC, token: { readonly accountId?: string }, memberships: MembershipStore): Promise<Record<string, unknown>> {
  if (token.accountId === undefined) {
    const { naru_organization: organization, naru_kind: kind, naru_roles: roles } = ctx.oidc.client!;
    return { organization, kind, roles };
  }
  const account = await memberships.findAccount(token.accountId);
  if (!account) throw new errors.InvalidGrant('the membership has ended');
  return { organization: account.organizationId, kind: 'user', roles: account.roles, user: account.userId, membership: account.membershipId };
}

/** The issuer of every token: oidc-provider on our tables, ES256 alone, access tokens as JWT (RFC 9068). */
export function createIssuer(parts: IssuerParts): Provider {
  const provider = new Provider(parts.issuer, configuration(parts));
  provider.proxy = true; // The listener says which scheme and host the caller used.
  compareSecretsByHash(provider);
  idTokensNameTheUser(provider);
  provider.on('server_error', (_ctx, error) => parts.onError(error));
  (provider as EventEmitter).on('error', parts.onError);
  // The entry is written before the answer leaves: no token is in anybody's hands that the log does not know.
  provider.use(async (ctx, next) => {
    await next();
    const record = await auditRecordOf(ctx as unknown as KoaContextWithOIDC, parts.memberships);
    if (record) await parts.audit.writeAlone(record);
  });
  return provider;
}
