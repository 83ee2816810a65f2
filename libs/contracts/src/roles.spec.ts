import { describe, expect, it } from '@jest/globals';
import { ROLES, isRole, permits } from './roles.js';
import { rpcs } from './registry.js';

describe('roles', () => {
  it('include by pattern, each part by itself', () => {
    expect(permits(['centre-operator'], 'warehousing:receipt:record')).toBe(true);
    expect(permits(['centre-operator'], 'auction:bid:place')).toBe(false);
    expect(permits(['consignor', 'bidder'], 'auction:bid:place')).toBe(true);
  });
  it('that nobody knows include nothing, inherited names neither', () => {
    expect(permits(['constructor', 'admin'], 'auction:bid:place')).toBe(false);
    expect(isRole('toString')).toBe(false);
  });
  it('reach every permission of the contracts without being Naru itself, but for what is Naru’s own', () => {
    const others = Object.keys(ROLES).filter((role) => role !== 'service' && role !== 'platform-operator');
    const unreachable = [...rpcs.values()].filter((rpc) => rpc.access.scope !== 'SYSTEM' && rpc.access.scope !== 'PUBLIC' && !permits(others, rpc.access.permission));
    expect(unreachable.map((rpc) => rpc.path)).toEqual([]);
  });
});

describe('contracts', () => {
  it('declare access everywhere, and a key for everything that creates or moves', () => {
    const withoutKey = [...rpcs.values()].filter((rpc) => rpc.http?.verb === 'POST' && !rpc.access.idempotencyKey).map((rpc) => rpc.path);
    const shownOnce = ['ApiKeyService/CreateApiKey', 'ApiKeyService/RotateApiKey', 'ClientService/RegisterClient', 'ClientService/RotateClientSecret'];
    expect(withoutKey).toEqual(shownOnce.map((method) => `/naru.identity.v1.${method}`)); // ADR 3 says why
  });
  it('name the service of the permission after the package', () => {
    for (const rpc of rpcs.values()) if (rpc.access.permission) expect(rpc.access.permission.split(':')[0]).toBe(rpc.service);
  });
});
