import { beforeEach, describe, expect, it } from '@jest/globals';
import { CredentialKind } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import { rpcs } from '@naru/contracts/registry';
import { LONGEST_TOKEN_MS, Revocations, SKEW_MS, credential, isWrite } from './revocations.js';
import { ANONYMOUS, type Verified } from './verifier.js';

let monotonic: number;
let revocations: Revocations;

beforeEach(() => {
  monotonic = 1000;
  revocations = new Revocations({ writesMs: 45_000, allMs: 60_000 }, () => monotonic);
});

const token = (kind: CredentialKind, id: string, issuedAt = Date.now()): Verified => ({ caller: ANONYMOUS, issuedAt, expiresAt: issuedAt + 300_000, credentials: [credential(kind, id)] });
const CLIENT = token(CredentialKind.CLIENT, 'c-1');
const revoked = (kind: CredentialKind, credentialId: string, at = Date.now() + 1) => [{ kind, credentialId, notBefore: new Date(at) }];

describe('what is revoked', () => {
  it('is unknown before identity has told everything', () => {
    expect(revocations.refusalOf(CLIENT, false)).toBe('REVOCATIONS_UNKNOWN');
    revocations.hear([]);
    expect(revocations.refusalOf(CLIENT, true)).toBeUndefined();
  });

  it('refuses tokens issued before, by kind and id, and no later ones', () => {
    revocations.hear(revoked(CredentialKind.CLIENT, 'c-1'));
    expect(revocations.refusalOf(CLIENT, false)).toBe('CREDENTIAL_REVOKED');
    expect(revocations.refusalOf(token(CredentialKind.USER, 'c-1'), false)).toBeUndefined();
    expect(revocations.refusalOf(token(CredentialKind.CLIENT, 'c-2'), false)).toBeUndefined();
    expect(revocations.refusalOf(token(CredentialKind.CLIENT, 'c-1', Date.now() + 1000), false)).toBeUndefined();
    revocations.hear(revoked(CredentialKind.CLIENT, 'c-1', 0)); // an older word takes nothing back
    expect(revocations.refusalOf(CLIENT, false)).toBe('CREDENTIAL_REVOKED');
  });

  it('fails closed in silence: after 45 s for writes, after 60 s for all; and a beat opens again', () => {
    revocations.hear([]);
    monotonic += 45_000;
    expect(revocations.refusalOf(CLIENT, true)).toBeUndefined();
    monotonic += 1;
    expect(revocations.refusalOf(CLIENT, true)).toBe('REVOCATIONS_UNKNOWN');
    expect(revocations.refusalOf(CLIENT, false)).toBeUndefined();
    monotonic += 15_000;
    expect(revocations.refusalOf(CLIENT, false)).toBe('REVOCATIONS_UNKNOWN');
    revocations.hear([]);
    expect(revocations.refusalOf(CLIENT, true)).toBeUndefined();
  });

  it('ends the streams of what is revoked, once; and all of them in silence', () => {
    const ended: string[] = [];
    revocations.hear([]);
    revocations.watch(CLIENT, (code) => ended.push(`first ${code}`));
    revocations.watch(token(CredentialKind.KEY, 'k'), (code) => ended.push(`second ${code}`));
    revocations.watch(CLIENT, () => ended.push('third'))();
    revocations.hear(revoked(CredentialKind.CLIENT, 'c-1'));
    revocations.hear(revoked(CredentialKind.CLIENT, 'c-1'));
    expect(ended).toEqual(['first CREDENTIAL_REVOKED']);
    monotonic += 60_001;
    revocations.tick();
    revocations.tick();
    expect(ended).toEqual(['first CREDENTIAL_REVOKED', 'second REVOCATIONS_UNKNOWN']);
  });

  it('is forgotten when no token can be that old', () => {
    revocations.hear([...revoked(CredentialKind.CLIENT, 'c-1', Date.now() - LONGEST_TOKEN_MS - SKEW_MS - 1), ...revoked(CredentialKind.CLIENT, 'c-2')]);
    revocations.tick();
    expect(revocations.size).toBe(1);
  });
});

describe('a write', () => {
  it('is everything that HTTP does not GET', () => {
    const writes = (path: string): boolean => isWrite(rpcs.get(path)!);
    expect(writes('/naru.auction.v1.LotService/PlaceBid')).toBe(true);
    expect(writes('/naru.auction.v1.LotService/GetLot')).toBe(false);
    expect(writes('/naru.identity.v1.RevocationService/WatchRevocations')).toBe(false);
  });
});
