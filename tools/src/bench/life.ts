import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findCluster } from '@naru/postgres/cluster';
import { treeOf } from './processes.js';

/** How a system ended before its next start. */
export type End = 'stopped' | 'killed' | 'killed with PostgreSQL';

export interface PlayedDay {
  readonly seconds: number;
  readonly calls: number;
  /** performance.now() at its end. */
  readonly endedAt: number;
}

/** A system as a newcomer starts it, in a home of its own, that has played a day. */
export interface Life {
  readonly day: PlayedDay;
  /** Its processes but for PostgreSQL. */
  pids(): readonly number[];
  /** Ends the system in this way and starts it again; gives the seconds until it answers healthy. */
  startAgain(after: End): Promise<number>;
  end(): Promise<void>;
}

interface Running {
  readonly process: ChildProcess;
  readonly port: number;
  /** Resolves with the first line that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HEALTH_LIMIT_MS = 180_000;
const POLL_MS = 10;

/** Plays a day at once, and holds its outcome to the rules and to the real day. */
export async function beginLife(name: string, say: (line: string) => void): Promise<Life> {
  const home = mkdtempSync(join(tmpdir(), 'naru-bench-home-'));
  chmodSync(home, 0o755); // started as root, PostgreSQL is another user: it shall lie in here, not elsewhere
  const start = async (): Promise<Running> => startSystem(ROOT, ['--day', name, '--speed', 'max', '--quiet'], { NARU_HOME: home });
  let running = await start();
  let stopped = false;
  const end = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await stopSystem(running, 'stopped', home);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const [, seconds, called] = await running.line(/lots in ([\d.]+) s, ([\d,]+) calls/);
    const [closing, sold, lots] = await running.line(/^day: lots sold: (\d+) of (\d+)$/);
    const day = { seconds: Number(seconds), calls: Number(called!.replaceAll(',', '')), endedAt: performance.now() };
    say(`${closing}, ${day.calls} calls in ${seconds} s`);
    if (name === 'live' && (sold !== '137' || lots !== '139')) throw new Error(`the real day sold 137 of 139 lots, this one ${sold!} of ${lots!}`);
    await verify(home);
    return {
      day,
      pids: () => ourPids(running),
      async startAgain(after) {
        await stopSystem(running, after, home);
        const from = performance.now();
        running = await start();
        await healthy(running);
        return (performance.now() - from) / 1000;
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** `npm start` without npm, in a process group of its own. */
export async function startSystem(root: string, options: readonly string[], environment: NodeJS.ProcessEnv, node = process.execPath): Promise<Running> {
  const port = await freePort();
  const child = spawn(node, ['tools/start.mjs', 'start', '--port', String(port), ...options], {
    ...{ cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  });
  const said: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      said.push(line);
      for (const hear of waiting) hear(line);
    });
  }
  return {
    process: child,
    port,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const hear = (line: string): boolean => {
          const found = pattern.exec(line);
          if (!found) return false;
          waiting.delete(hear);
          resolve(found);
          return true;
        };
        if (said.some(hear)) return;
        waiting.add(hear);
        child.once('exit', (code) => reject(new Error(`the system ended with ${code}: ${said.slice(-5).join(' / ')}`)));
      }),
  };
}

/** Resolves when the system answers that it is healthy. */
export async function healthy({ port, process: child, line }: Running): Promise<void> {
  const until = performance.now() + HEALTH_LIMIT_MS;
  let ended = false;
  line(/^never said$/).catch(() => (ended = true));
  while (!(await answersHealthy(port))) {
    if (ended || child.exitCode !== null) throw new Error(`the system ended with ${child.exitCode} before it was healthy`);
    if (performance.now() > until) throw new Error('the system does not become healthy');
    await sleep(POLL_MS);
  }
}

/** Ends a system, and waits until nothing of it is left that the next start would not find as a newcomer's would. */
export async function stopSystem({ process: child }: Running, way: End, home: string): Promise<void> {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  if (way === 'stopped') {
    child.kill('SIGTERM');
    await ended;
    return;
  }
  const postgres = way === 'killed with PostgreSQL' ? await postmasterOf(home) : undefined;
  process.kill(-child.pid!, 'SIGKILL');
  if (postgres !== undefined) process.kill(postgres, 'SIGKILL');
  await ended;
}

async function postmasterOf(home: string): Promise<number | undefined> {
  const cluster = await findCluster(join(home, 'postgres'));
  return cluster && Number(readFileSync(join(cluster.dataDir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function ourPids({ process: child }: Running): readonly number[] {
  return treeOf(child.pid!)
    .filter(({ name }) => name !== 'postgres')
    .map(({ pid }) => pid);
}

/** `naru verify` on the system's data. */
async function verify(home: string): Promise<void> {
  const child = spawn(process.execPath, ['tools/start.mjs', 'verify', '--json'], { cwd: ROOT, env: { ...process.env, NARU_HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(child, 'close');
  const { violations } = JSON.parse(text.trim().split('\n').at(-1)!) as { violations: number };
  if (violations > 0) throw new Error(`the day breaks its rules ${violations} times: naru verify`);
}

function answersHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: '/healthz', timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.on('timeout', () => asked.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
