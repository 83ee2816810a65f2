import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@naru/platform/migrations';
import { provisionDatabase, provisionRoles } from '@naru/platform/provision';
import { PLATFORM_MIGRATIONS } from '@naru/platform/service';
import { findCluster, startCluster } from '@naru/postgres/cluster';
import { SCHEMAS, migrationsOf } from '@naru/testing/schemas';
import { openHome, rememberRun } from '../launcher/home.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const NOBODY = 2 ** 22 + 1;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function naru(folder: string, ...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env: { ...process.env, NARU_HOME: folder } }, (error, stdout, stderr) => resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }));
  });
}

describe('the command line', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'naru-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([[], ['status'], ['verify'], ['accounts'], ['events'], ['events', 'tail'], ['events', 'parked'], ['events', 'replay']])('explains naru %s %s', async (...command: string[]) => {
    const { code, stdout, stderr } = await naru(folder, ...command, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: ${['naru', ...command].join(' ')} `));
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it.each([['status'], ['verify', '--json'], ['accounts'], ['events', 'tail'], ['events', 'parked'], ['events', 'replay', 'auction']])('says in one line that there is no data yet: naru %s %s %s', async (...command: string[]) => {
    expect(await naru(folder, ...command)).toEqual({ code: 1, stdout: '', stderr: 'naru: there is no data yet: run npm start first\n' });
  });

  it.each([['nonsense'], ['status', '--nonsense'], ['events', 'tail', '--limit', 'x'], ['accounts', '--json', '--shell'], ['events', 'replay']])('refuses naru %s %s without a stack trace', async (...command: string[]) => {
    const { code, stdout, stderr } = await naru(folder, ...command);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('the command line without a running system', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'naru-cli-'));
    mkdirSync(folder, { recursive: true });
    const home = openHome(folder);
    const cluster = await startCluster({ dataDir: join(folder, 'postgres'), settings: { fsync: 'off' } });
    await provisionRoles({ adminUrl: cluster.adminUrl, schemas: SCHEMAS, secret: home.secrets.roles });
    const provisioned = await provisionDatabase({ adminUrl: cluster.adminUrl, database: 'market_day', schemas: SCHEMAS, secret: home.secrets.roles });
    for (const schema of SCHEMAS) await migrate({ url: provisioned.get(schema)!.migrateUrl, schema, folders: [PLATFORM_MIGRATIONS, migrationsOf(schema)] });
    await cluster.stop();
    rememberRun(home, { pid: NOBODY, url: 'http://localhost:7700', database: 'market_day' });
    writeFileSync(join(folder, 'market_day.json'), JSON.stringify({ organizations: { corp: { name: 'Corporation', roles: ['market-operator'], clientId: 'id', clientSecret: 'secret' } }, users: {} }));
  }, 60_000);
  afterAll(async () => {
    const left = await findCluster(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
    expect(left).toBeUndefined();
  });

  it('starts PostgreSQL by itself, answers, and stops it', async () => {
    const status = await naru(folder, 'status', '--json');
    expect([status.code, status.stderr]).toEqual([0, '']);
    expect(JSON.parse(status.stdout)).toMatchObject({ database: 'market_day', services: expect.arrayContaining([{ service: 'auction', outbox: 0, published: 0, parked: 0 }]) });
    expect(JSON.parse(status.stdout)).not.toHaveProperty('url');
    expect(await findCluster(join(folder, 'postgres'))).toBeUndefined();

    const verify = await naru(folder, 'verify', '--json');
    expect([verify.code, verify.stdout.trim().split('\n').length]).toEqual([0, 1]);
    expect(JSON.parse(verify.stdout)).toMatchObject({ violations: 0, rules: expect.arrayContaining([expect.objectContaining({ rule: 'W1', checked: 0, violations: 0 })]) });

    expect(await naru(folder, 'events', 'parked')).toEqual({ code: 0, stdout: 'nothing is parked\n', stderr: '' });
    expect(JSON.parse((await naru(folder, 'events', 'parked', '--json')).stdout)).toEqual({ parked: [] });
    expect(JSON.parse((await naru(folder, 'events', 'replay', 'auction', '--json')).stdout)).toEqual({ replayed: 0, keys: [] });
    expect(await naru(folder, 'events', 'replay', 'kitchen')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^naru: there is no consumer kitchen; .*\n$/) });
    expect(await findCluster(join(folder, 'postgres'))).toBeUndefined();
  }, 60_000);

  it('knows the accounts, and that nothing runs to tail', async () => {
    expect(JSON.parse((await naru(folder, 'accounts', '--json')).stdout)).toMatchObject({ url: 'http://localhost:7700', organizations: [{ key: 'operator' }, { key: 'corp', clientSecret: 'secret' }] });
    expect((await naru(folder, 'accounts', '--shell')).stdout).toContain('export MARKET_ID=id MARKET_SECRET=secret\n');
    expect(await naru(folder, 'events', 'tail')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^naru: no system runs from this clone/) });
  });
});
