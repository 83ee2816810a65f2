import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';

/** A key as far as its rules need it. Its lives are system time, as those of tokens are. */
export interface ApiKeyState {
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Instant | undefined;
  readonly revokedAt: Instant | undefined;
}

export type ApiKeyEvent = { readonly type: 'ApiKeyCreated'; readonly scopes: readonly string[] } | { readonly type: 'ApiKeyRevoked' };

/** What a caller may give away. */
export interface Creator {
  /** Whether any contract asks for the permission. */
  readonly isKnown: (permission: string) => boolean;
  /** Whether the caller has it. */
  readonly has: (permission: string) => boolean;
}

/** Of a rotation so many hold at once. */
const MOST_ALIVE = 2;

export function isAlive(key: Pick<ApiKeyState, 'expiresAt' | 'revokedAt'>, now: Instant): boolean {
  return key.revokedAt === undefined && (key.expiresAt === undefined || now < key.expiresAt);
}

/** A key must not change who may get in: it would outlive its own end. */
function isOverCredentials(scope: string): boolean {
  return scope.startsWith('identity:') && !scope.endsWith(':read');
}

/** Makes a key: its scopes are permissions that its creator has, and none over credentials. */
export function createApiKey(key: { readonly scopes: readonly string[]; readonly expiresAt: Instant | undefined }, creator: Creator, now: Instant): Decision<ApiKeyEvent> {
  for (const scope of key.scopes) {
    if (!creator.isKnown(scope)) return refuse('SCOPE_UNKNOWN', { scope });
    if (isOverCredentials(scope) || !creator.has(scope)) return refuse('SCOPE_NOT_GRANTABLE', { scope });
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) return refuse('API_KEY_ENDED');
  return accept([{ type: 'ApiKeyCreated', scopes: [...key.scopes].sort() }]);
}

/** Makes the successor of `keyId`. `family` are all keys of the rotation. Who rotates learns a secret, so it must have the scopes too. */
export function rotateApiKey(family: readonly ApiKeyState[], keyId: string, successor: { readonly expiresAt: Instant | undefined }, creator: Creator, now: Instant): Decision<ApiKeyEvent> {
  const key = family.find((one) => one.keyId === keyId);
  if (!key) return refuse('NOT_FOUND');
  if (!isAlive(key, now)) return refuse('API_KEY_ENDED');
  if (family.filter((one) => isAlive(one, now)).length >= MOST_ALIVE) return refuse('API_KEY_ROTATION_OPEN');
  return createApiKey({ scopes: key.scopes, expiresAt: successor.expiresAt }, creator, now);
}

/** Ends a key; one that was revoked stays so. */
export function revokeApiKey(key: ApiKeyState): Decision<ApiKeyEvent> {
  return accept(key.revokedAt === undefined ? [{ type: 'ApiKeyRevoked' }] : []);
}
