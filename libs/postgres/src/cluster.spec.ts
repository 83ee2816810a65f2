import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Cluster, type ClusterOptions, findCluster, startCluster } from './cluster.js';
import { ClusterError } from './cluster-error.js';
import { findPostmaster, isAlive } from './postmaster.js';

const clusterModule = fileURLToPath(new URL('./cluster.js', import.meta.url));
const isRoot = process.getuid?.() === 0;
const settings = { fsync: 'off' };

/** Data made once; each test has its own copy. */
let made: string;
let home: string;
let dataDir: string;
let lines: string[];
const log = (line: string) => void lines.push(line);
const started: Cluster[] = [];

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'naru-postgres-'));
  chmodSync(folder, 0o755); // as root: so that PostgreSQL's user can enter
  return folder;
}

beforeAll(async () => {
  made = openFolder();
  await (await startCluster({ dataDir: join(made, 'data of a clone'), settings })).stop();
});

afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  home = openFolder();
  dataDir = join(home, 'data of a clone');
  execFileSync('cp', ['-a', join(made, 'data of a clone'), dataDir]); // cp keeps the owner
  lines = [];
});

function beginWithNothing(): void {
  rmSync(dataDir, { recursive: true });
}

afterEach(async () => {
  for (const cluster of started.splice(0)) await cluster.remove();
  rmSync(home, { recursive: true, force: true });
});

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ dataDir, log, settings });
  started.push(cluster);
  return cluster;
}

async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** A process that starts the cluster and is killed with -9 as soon as it has it. */
async function killedLauncher(options: Partial<ClusterOptions> = {}): Promise<void> {
  const script = `import { startCluster } from ${JSON.stringify(clusterModule)}; await startCluster(${JSON.stringify({ dataDir, settings, ...options })}); console.log('up'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function pidOf(cluster: Cluster): number {
  return findPostmaster(join(cluster.dataDir, 'data'))!.pid;
}

async function faultOf(promise: Promise<unknown>): Promise<ClusterError> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClusterError);
  return error as ClusterError;
}

describe('a cluster', () => {
  it('serves on loopback alone, keeps its data over a stop, and leaves no process behind', async () => {
    beginWithNothing();
    const first = await start();
    const pid = pidOf(first);
    expect(first.adopted).toBe(false);
    expect(await ask(first.adminUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await ask(first.adminUrl, "select pg_encoding_to_char(encoding) as encoding, datcollate as collate from pg_database where datname = 'postgres'")).toEqual([{ encoding: 'UTF8', collate: 'C' }]);
    await ask(first.adminUrl, 'create table kept as select 7 as figure');
    await first.stop();
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(dataDir, 'data/postmaster.pid'))).toBe(false);

    const second = await start();
    expect(await ask(second.adminUrl, 'select figure from kept')).toEqual([{ figure: 7 }]);
    expect(readdirSync(home)).toEqual(['data of a clone']);
  });

  it('is durable by default, and as quick as asked in tests', async () => {
    beginWithNothing();
    const cluster = await startCluster({ dataDir, log });
    started.push(cluster);
    expect(await ask(cluster.adminUrl, 'show fsync')).toEqual([{ fsync: 'on' }]);
    await cluster.stop();
    expect(await ask((await start()).adminUrl, 'show fsync')).toEqual([{ fsync: 'off' }]);
  });

  it('gives each role its own password and lets nobody in without', async () => {
    const cluster = await start();
    await ask(cluster.adminUrl, `create role auction_app login password '${cluster.password('auction_app')}'`);
    expect(await ask(cluster.url('postgres', 'auction_app'), 'select current_user as role')).toEqual([{ role: 'auction_app' }]);
    await expect(ask(`postgres://postgres@127.0.0.1:${cluster.port}/postgres`, 'select 1')).rejects.toThrow(/password/);
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
  });

  it('is found by others beside its owner, and only while it runs', async () => {
    expect(await findCluster(dataDir)).toBeUndefined();
    const cluster = await start();
    expect((await findCluster(dataDir))?.adminUrl).toBe(cluster.adminUrl);
    await cluster.stop();
    expect(await findCluster(dataDir)).toBeUndefined();
  });
});

describe('a cluster of which nothing is to stay', () => {
  it('is stopped, and its data deleted', async () => {
    const cluster = await start();
    const pid = pidOf(cluster);
    await cluster.remove();
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('a temporary cluster', () => {
  it('ends with a process that was killed with -9, and its data with it', async () => {
    await killedLauncher({ temporary: true });
    const end = Date.now() + 10_000;
    while (existsSync(dataDir) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readdirSync(home)).toEqual([]);
  });

  it('is not touched by the end of a process that stopped it itself', async () => {
    const cluster = await startCluster({ dataDir, log, settings, temporary: true });
    started.push(cluster);
    await cluster.stop();
    expect(existsSync(join(dataDir, 'data/PG_VERSION'))).toBe(true);
  });
});

describe('what an earlier start left', () => {
  it('a PostgreSQL whose launcher was killed with -9 is taken over', async () => {
    await killedLauncher();
    const left = findPostmaster(join(dataDir, 'data'))!;
    expect(left.ready).toBe(true);
    const cluster = await start();
    expect(cluster.adopted).toBe(true);
    expect(pidOf(cluster)).toBe(left.pid);
    expect(lines).toEqual([expect.stringContaining('taken over')]);
    await cluster.stop();
    expect(isAlive(left.pid)).toBe(false);
  });

  it('one started with other settings is started anew', async () => {
    await killedLauncher();
    const cluster = await startCluster({ dataDir, log, settings: { ...settings, work_mem: '9MB' } });
    started.push(cluster);
    expect(cluster.adopted).toBe(false);
    expect(await ask(cluster.adminUrl, 'show work_mem')).toEqual([{ work_mem: '9MB' }]);
  });

  it('a PostgreSQL killed with -9 is followed by a whole one', async () => {
    const cluster = await start();
    await ask(cluster.adminUrl, 'create table kept as select 7 as figure');
    process.kill(pidOf(cluster), 'SIGKILL');
    expect(await ask((await start()).adminUrl, 'select figure from kept')).toEqual([{ figure: 7 }]);
  });

  it('a pid file whose pid now belongs to another program is cleaned', async () => {
    await (await start()).stop();
    writeFileSync(join(dataDir, 'data/postmaster.pid'), `${process.pid}\n${dataDir}/data\n1\n5432\n\n127.0.0.1\n\nready   \n`);
    expect((await start()).adopted).toBe(false);
  });

  it('data that were never finished are made anew, and set aside', async () => {
    beginWithNothing();
    mkdirSync(join(dataDir, 'data/base/1'), { recursive: true });
    await start();
    expect(lines).toEqual([expect.stringContaining('never finished')]);
    expect(existsSync(`${dataDir}.broken/data/base/1`)).toBe(true);
  });

  it('the rests of a killed first start go away', async () => {
    beginWithNothing();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    mkdirSync(`${dataDir}.new-${dead}-1234/data`, { recursive: true });
    await start();
    expect(readdirSync(home)).toEqual(['data of a clone']);
  });
});

describe('what a person must be told', () => {
  it('another process owns the cluster', async () => {
    await start();
    const fault = await faultOf(start());
    expect(fault.fault).toBe('in-use');
    expect(fault.message).toContain(`(process ${process.pid})`);
  });

  it('the data are those of another PostgreSQL', async () => {
    await (await start()).stop();
    writeFileSync(join(dataDir, 'data/PG_VERSION'), '17\n');
    const fault = await faultOf(start());
    expect(fault.fault).toBe('version');
    expect(fault.message).toContain('PostgreSQL 17');
  });

  it('the password is gone', async () => {
    await (await start()).stop();
    rmSync(join(dataDir, 'password'));
    expect((await faultOf(start())).fault).toBe('no-password');
  });

  it('a setting is wrong', async () => {
    const fault = await faultOf(startCluster({ dataDir, settings: { shared_buffers: 'plenty' } }));
    expect(fault.message).toMatch(/did not start: FATAL: .*shared_buffers/);
  });

  it('the folder cannot be made', async () => {
    writeFileSync(join(home, 'file'), '');
    dataDir = join(home, 'file/data');
    expect((await faultOf(start())).fault).toBe('not-writable');
  });
});

if (isRoot) describe('started as root', () => {
  it('where other users cannot enter: keeps the data under /var/lib/naru, says so, and finds them again', async () => {
    beginWithNothing();
    chmodSync(home, 0o700);
    const first = await start();
    expect(first.dataDir).toMatch(/^\/var\/lib\/naru\/[0-9a-f]{12}$/);
    expect(lines[0]).toContain(first.dataDir);
    await ask(first.adminUrl, 'create table kept as select 7 as figure');
    expect((await findCluster(dataDir))?.port).toBe(first.port);
    await first.stop();
    expect(await ask((await start()).adminUrl, 'select figure from kept')).toEqual([{ figure: 7 }]);
  });
});
