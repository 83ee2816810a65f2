import { describe, expect, it } from '@jest/globals';
import { type ApiKeyState, type Creator, createApiKey, revokeApiKey, rotateApiKey } from './api-key.js';

const NOW = 1_000_000;
const creator: Creator = { isKnown: (permission) => permission.split(':').length === 3, has: (permission) => !permission.startsWith('warehousing') };
const key = (keyId: string, more: Partial<ApiKeyState> = {}): ApiKeyState => ({ keyId, scopes: ['auction:lot:read'], expiresAt: undefined, revokedAt: undefined, ...more });
const create = (scopes: readonly string[], expiresAt?: number) => createApiKey({ scopes, expiresAt }, creator, NOW);
const rotate = (family: readonly ApiKeyState[], keyId = 'a') => rotateApiKey(family, keyId, { expiresAt: undefined }, creator, NOW);
const refused = (code: string) => ({ accepted: false, refusal: { code } });

describe('a key', () => {
  it('may what its creator may, and no more', () => {
    expect(create(['auction:lot:read', 'auction:bid:place'])).toMatchObject({ accepted: true, events: [{ type: 'ApiKeyCreated', scopes: ['auction:bid:place', 'auction:lot:read'] }] });
    expect(create(['warehousing:stock:read'])).toMatchObject(refused('SCOPE_NOT_GRANTABLE'));
    expect(create(['everything'])).toMatchObject(refused('SCOPE_UNKNOWN'));
  });

  it('may read who there is, and never let anybody in', () => {
    expect(create(['identity:me:read'])).toMatchObject({ accepted: true });
    for (const scope of ['identity:key:create', 'identity:client:register', 'identity:membership:grant']) expect(create([scope])).toMatchObject(refused('SCOPE_NOT_GRANTABLE'));
  });

  it('does not end before it begins', () => {
    expect(create(['auction:lot:read'], NOW)).toMatchObject(refused('API_KEY_ENDED'));
    expect(create(['auction:lot:read'], NOW + 1)).toMatchObject({ accepted: true });
  });
});

describe('a rotation', () => {
  it('has two keys that hold, and a third only when one of them has ended', () => {
    expect(rotate([key('a')])).toMatchObject({ accepted: true });
    expect(rotate([key('a'), key('b')])).toMatchObject(refused('API_KEY_ROTATION_OPEN'));
    expect(rotate([key('a'), key('b')], 'b')).toMatchObject(refused('API_KEY_ROTATION_OPEN'));
    expect(rotate([key('a', { revokedAt: 1 }), key('b')], 'b')).toMatchObject({ accepted: true });
    expect(rotate([key('a', { expiresAt: NOW }), key('b')], 'b')).toMatchObject({ accepted: true });
  });

  it('begins with a key that holds, by somebody who has its scopes', () => {
    expect(rotate([key('a', { revokedAt: 1 })])).toMatchObject(refused('API_KEY_ENDED'));
    expect(rotate([key('b')])).toMatchObject(refused('NOT_FOUND'));
    expect(rotate([key('a', { scopes: ['warehousing:stock:read'] })])).toMatchObject(refused('SCOPE_NOT_GRANTABLE'));
  });
});

describe('a revocation', () => {
  it('is done once', () => {
    expect(revokeApiKey(key('a'))).toMatchObject({ accepted: true, events: [{ type: 'ApiKeyRevoked' }] });
    expect(revokeApiKey(key('a', { revokedAt: 1 }))).toMatchObject({ accepted: true, events: [] });
  });
});
