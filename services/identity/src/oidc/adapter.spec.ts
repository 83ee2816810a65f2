import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@naru/platform/database';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { OidcAdapter, deleteExpired } from './adapter.js';

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  database = await Database.connect({ url: test.services.get('identity')!.databaseUrl, schema: 'identity', poolSize: 8 });
}, 60_000);

afterAll(async () => {
  await database?.close();
  await test?.drop();
});

const payload = { kind: 'RefreshToken', jti: 'the token', grantId: 'grant', clientId: 'c' };

describe('the adapter', () => {
  it('finds what it kept, by model and id', async () => {
    const tokens = new OidcAdapter(database, 'RefreshToken');
    await tokens.upsert('the token', payload, 60);
    expect(await tokens.find('the token')).toEqual(payload);
    expect(await tokens.find('another')).toBeUndefined();
    expect(await new OidcAdapter(database, 'AuthorizationCode').find('the token')).toBeUndefined();
  });

  it('keeps neither ids nor cookies in the clear', async () => {
    const interactions = new OidcAdapter(database, 'Interaction');
    await interactions.upsert('interaction-id', { kind: 'Interaction', jti: 'interaction-id', session: { accountId: 'a', uid: 'u', cookie: 'session-cookie' } }, 60);
    expect(await interactions.find('interaction-id')).toMatchObject({ jti: 'interaction-id', session: { accountId: 'a', uid: 'u' } });
    expect(JSON.stringify(await test.query(`select payload from identity.oidc`))).not.toMatch(/interaction-id|session-cookie|the token/);
  });

  it('overwrites by id', async () => {
    const sessions = new OidcAdapter(database, 'Session');
    await sessions.upsert('s1', { kind: 'Session', uid: 'uid-1', accountId: 'a' }, 60);
    await sessions.upsert('s1', { kind: 'Session', uid: 'uid-1', accountId: 'b' }, 60);
    expect(await sessions.findByUid('uid-1')).toMatchObject({ accountId: 'b' });
    await sessions.destroy('s1');
    expect(await sessions.findByUid('uid-1')).toBeUndefined();
  });

  it('lets one of many consume', async () => {
    const codes = new OidcAdapter(database, 'AuthorizationCode');
    await codes.upsert('code', { kind: 'AuthorizationCode' }, 60);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => codes.consume('code')));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect((await codes.find('code'))!.consumed).toBeGreaterThan(1_700_000_000);
  });

  it('revokes by grant, within its model', async () => {
    const [tokens, codes] = [new OidcAdapter(database, 'RefreshToken'), new OidcAdapter(database, 'AuthorizationCode')];
    await tokens.upsert('t1', { grantId: 'g1' }, 60);
    await tokens.upsert('t2', { grantId: 'g1' }, 60);
    await tokens.upsert('t3', { grantId: 'g2' }, 60);
    await codes.upsert('c1', { grantId: 'g1' }, 60);
    await tokens.revokeByGrantId('g1');
    expect(await Promise.all([tokens.find('t1'), tokens.find('t2')])).toEqual([undefined, undefined]);
    expect(await tokens.find('t3')).toBeDefined();
    expect(await codes.find('c1')).toBeDefined();
  });

  it('finds nothing that has expired, and deletes it in time', async () => {
    const tokens = new OidcAdapter(database, 'RefreshToken');
    await tokens.upsert('old', { userCode: 'ABCD' }, -1);
    await tokens.upsert('young', {}, 60);
    await tokens.upsert('lasting', {});
    expect(await tokens.find('old')).toBeUndefined();
    expect(await tokens.findByUserCode('ABCD')).toBeUndefined();
    expect(await deleteExpired(database)).toBe(1);
    expect(await tokens.find('young')).toBeDefined();
    expect(await tokens.find('lasting')).toBeDefined();
  });
});
