import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DAY_IS_OVER = 'day: parcel staged';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** The launcher as a process of its own, on a home of the test's. */
export class Launched {
  output = '';
  readonly #child: ChildProcess;

  constructor(home: string, port: number, environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [join(ROOT, 'tools/dist/launcher/main.js'), '--speed', 'max', '--quiet', '--port', String(port)], {
      env: { ...process.env, NARU_HOME: home, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Waits until the day is over, or the process has ended: the signal that ended it, if one did. */
  async dayOrEnd(): Promise<{ readonly over: boolean; readonly signal: string | null }> {
    while (this.#child.exitCode === null && this.#child.signalCode === null && !this.output.includes(DAY_IS_OVER)) await new Promise((resolve) => setTimeout(resolve, 50));
    return { over: this.output.includes(DAY_IS_OVER), signal: this.#child.signalCode };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGINT');
    await once(this.#child, 'exit');
  }
}

/** What `naru …` prints for the home. */
export async function naru(home: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'tools/dist/cli/main.js'), ...args], { env: { ...process.env, NARU_HOME: home } });
  return stdout;
}
