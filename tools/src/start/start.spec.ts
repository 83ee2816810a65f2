import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const tools = fileURLToPath(new URL('../../', import.meta.url));
const LOCK = JSON.stringify({ name: 'clone', lockfileVersion: 3, packages: { '': { name: 'clone' } } });

/** A clone with the real way in, and with a generator, a compiler and programs of three lines. Each notes in `steps` what it does. */
let clone: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'naru-start-'));
  for (const file of ['start.mjs', 'prepare.mjs', 'lock.mjs']) cpSync(join(tools, file), join(clone, 'tools', file));
  const note = (step: string) => `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(join(clone, 'steps'))}, '${step}\\n');`;
  lay('package.json', '{ "name": "clone", "type": "module" }');
  lay('package-lock.json', LOCK);
  lay('node_modules/.package-lock.json', LOCK);
  lay('tsconfig.json', '{ "references": [{ "path": "libs/kernel" }] }');
  lay('tsconfig.base.json', '{}');
  lay('buf.yaml', '');
  lay('buf.gen.yaml', '');
  lay('proto/lot.proto', 'message Lot {}');
  lay('libs/kernel/src/money.ts', 'export const won = 1;');
  lay('libs/kernel/dist/money.js', 'export const won = 1;');
  lay('libs/contracts/generate.mjs', `${note('generate')} import { mkdirSync, writeFileSync } from 'node:fs'; mkdirSync('libs/contracts/src/gen', { recursive: true }); writeFileSync('libs/contracts/naru.binpb', '');`);
  lay('node_modules/typescript-native/package.json', '{ "type": "module" }');
  lay('node_modules/typescript-native/bin/tsc', `${note('build begins')} await new Promise((resolve) => setTimeout(resolve, 300)); ${note('build ends').replace('import { appendFileSync } from \'node:fs\';', '')}`);
  lay('tools/dist/cli/main.js', 'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = process.argv[2] === "verify" ? 3 : 0;');
  lay('tools/dist/launcher/main.js', `${note('up')} console.log('up ' + process.pid + ' ' + process.env.NARU_PARENT_PIPE);
    const end = (why) => { appendFileSync(${JSON.stringify(join(clone, 'steps'))}, why + '\\n'); process.exit(0); };
    process.on('SIGINT', () => end('SIGINT')); process.on('SIGTERM', () => end('SIGTERM')); process.on('disconnect', () => end('disconnect')); setInterval(() => {}, 1000);`);
});

afterEach(() => {
  for (const child of running.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(clone, { recursive: true, force: true });
});

function lay(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
}

function steps(): string[] {
  return existsSync(join(clone, 'steps')) ? readFileSync(join(clone, 'steps'), 'utf8').trim().split('\n') : [];
}

const ALL_STEPS = ['generate', 'build begins', 'build ends'];

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly code: Promise<number | null>;
}

function begin(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_|^NARU_/.test(name)));
  const child = spawn(process.execPath, [join(clone, 'tools/start.mjs'), ...args], { env: { ...rest, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return { child, out: () => out, err: () => err, code: once(child, 'close').then(([code]) => code as number | null) };
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { out, err, code } = begin(args, env);
  return { code: await code, out: out(), err: err() };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); ) {
    if (Date.now() > end) throw new Error(`waited in vain; steps: ${steps().join(', ')}`);
    await sleep(10);
  }
}

describe('the way in', () => {
  it('makes what is missing, once, and says so in a line for each step', async () => {
    const start = begin(['start']);
    await until(() => start.out().includes('up'));
    expect(start.out()).toMatch(/^Generating code from proto\/ … \d+\.\d s\nBuilding … \d+\.\d s\nup \d+ 1\n$/);
    start.child.kill('SIGTERM');
    expect(await start.code).toBe(0);
    await run(['status']);
    expect(steps()).toEqual([...ALL_STEPS, 'up', 'SIGTERM']);
  });

  it('makes again what a change makes old, and no more', async () => {
    await run(['status']);
    lay('libs/kernel/src/money.ts', 'export const won = 2;');
    await run(['status']);
    expect(steps()).toEqual([...ALL_STEPS, 'build begins', 'build ends']);
    lay('proto/lot.proto', 'message Lot { string id = 1; }');
    await run(['status']);
    expect(steps().slice(5)).toEqual(ALL_STEPS);
  });

  it('removes compiled files whose source is gone', async () => {
    lay('libs/kernel/dist/old.spec.js', '');
    await run(['status']);
    expect(existsSync(join(clone, 'libs/kernel/dist/old.spec.js'))).toBe(false);
    expect(existsSync(join(clone, 'libs/kernel/dist/money.js'))).toBe(true);
  });

  it("leaves the tool's stdout to the tool, and its exit code too", async () => {
    const { code, out, err } = await run(['verify', '--json']);
    expect(out).toBe('["verify","--json"]\n');
    expect(err).toContain('Building …');
    expect(code).toBe(3);
  });
});

describe('two starts at once', () => {
  it('do not build over each other', async () => {
    await Promise.all([run(['status']), run(['status']), run(['status'])]);
    expect(steps()).toEqual(ALL_STEPS);
  });

  it('one after a start that was killed while it built goes on, when the compiler is done', async () => {
    const first = begin(['status']);
    await until(() => steps().includes('build begins'));
    first.child.kill('SIGKILL');
    const second = await run(['status']);
    expect(second.code).toBe(0);
    expect(steps()).toEqual([...ALL_STEPS, 'build begins', 'build ends']);
  });

  it('a lock whose pid is nobody, or somebody else by now, holds nobody up', async () => {
    lay('.naru/prepare.lock', '999999999 1');
    expect((await run(['status'])).code).toBe(0);
    expect(existsSync(join(clone, '.naru/prepare.lock'))).toBe(false);
  });
});

describe('the end', () => {
  it('of the way in by kill -9 is seen by what it started', async () => {
    const start = begin(['start']);
    await until(() => start.out().includes('up'));
    start.child.kill('SIGKILL');
    await until(() => steps().includes('disconnect'));
  });

  it('by Ctrl-C is left to what it started, which has the signal itself', async () => {
    const start = begin(['start']);
    await until(() => start.out().includes('up'));
    start.child.kill('SIGINT');
    await sleep(200);
    expect(start.child.exitCode).toBeNull();
    process.kill(Number(/up (\d+)/.exec(start.out())![1]), 'SIGINT');
    expect(await start.code).toBe(0);
  });

  it('by Ctrl-C while it builds leaves no lock', async () => {
    const start = begin(['start']);
    await until(() => steps().includes('build begins'));
    start.child.kill('SIGINT');
    expect(await start.code).toBe(130);
    expect(existsSync(join(clone, '.naru/prepare.lock'))).toBe(false);
  });
});

describe('faults are told in a line, never as a stack', () => {
  it('a registry that cannot be reached', async () => {
    lay('package.json', '{ "name": "clone", "type": "module", "dependencies": { "left-pad": "1.3.0" } }');
    const entry = { version: '1.3.0', resolved: 'http://127.0.0.1:9/left-pad-1.3.0.tgz', integrity: 'sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA==' };
    lay('package-lock.json', JSON.stringify({ name: 'clone', lockfileVersion: 3, requires: true, packages: { '': { name: 'clone', dependencies: { 'left-pad': '1.3.0' } }, 'node_modules/left-pad': entry } }));
    const { code, err } = await run(['status'], { npm_config_cache: join(clone, 'cache'), npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' });
    expect(code).toBe(1);
    expect(err.split('\n').slice(1)).toEqual(['The package registry http://127.0.0.1:9 cannot be reached. Check the network (or npm\'s proxy and registry settings) and start again.', '']);
  });

  it('a build that fails, with what the compiler said', async () => {
    appendFileSync(join(clone, 'node_modules/typescript-native/bin/tsc'), ' console.log("money.ts(1,1): error TS2322"); process.exitCode = 2;');
    const { code, err } = await run(['status']);
    expect(code).toBe(1);
    expect(err).toMatch(/Building … \nThe build failed:\nmoney\.ts\(1,1\): error TS2322\n$/);
  });

  it('a clone that is not whole', async () => {
    rmSync(join(clone, 'tools/dist/cli'), { recursive: true });
    expect((await run(['status'])).err).toContain('tools/dist/cli/main.js is not there');
  });
});
