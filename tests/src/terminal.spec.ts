import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findCluster } from '@naru/postgres/cluster';
import { ROOT, freePort, naru } from './launched.js';

const OVER = 'in real time from here';
const PATIENCE_MS = 180_000;

/** A start in a terminal: what it prints, and how it ends. */
class Terminal {
  text = '';
  readonly #child: ChildProcess;

  constructor(home: string, ...options: readonly string[]) {
    this.#child = spawn(process.execPath, [join(ROOT, 'tools/dist/launcher/main.js'), ...options], { env: { ...process.env, NARU_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  /** Waits until it prints `words`, or ends. */
  async prints(words: string): Promise<void> {
    while (!this.text.includes(words)) {
      if (this.#child.exitCode !== null) throw new Error(`ended before it printed '${words}': ${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async ends(): Promise<number> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode!;
  }

  /** Ctrl-C; the exit code and how long it took. */
  async interrupt(): Promise<{ readonly code: number; readonly tookMs: number }> {
    const from = performance.now();
    this.#child.kill('SIGINT');
    return { code: await this.ends(), tookMs: performance.now() - from };
  }
}

const linesWith = (text: string, words: string): readonly string[] => text.split('\n').filter((line) => line.includes(words));

describe('the terminal of npm start', () => {
  let home: string;
  let port: string;
  const started: Terminal[] = [];
  const start = (...options: readonly string[]): Terminal => {
    const terminal = new Terminal(home, '--port', port, ...options);
    started.push(terminal);
    return terminal;
  };
  const postgres = () => findCluster(join(home, 'postgres'));

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'naru-terminal-'));
    chmodSync(home, 0o755); // or, as root, PostgreSQL keeps its data elsewhere
    port = String(await freePort());
  });
  afterEach(async () => {
    for (const terminal of started.splice(0)) await terminal.interrupt(); // one that a failed test has left
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('stops in the middle of the day within 5 s and leaves nothing behind', async () => {
    const first = start('--speed', 'max');
    await first.prints('announced: ');
    const { code, tookMs } = await first.interrupt();
    expect([code, await postgres()]).toEqual([0, undefined]);
    expect(tookMs).toBeLessThan(5_000);
    expect(first.text).not.toContain('day: lots sold');
  }, PATIENCE_MS);

  it('goes on where it was, a line per event, to a table and one closing line', async () => {
    const second = start('--speed', 'max');
    await second.prints(OVER);
    expect(second.text.match(/https?:\/\/\S+/)![0]).toBe(`http://localhost:${port}`);
    expect(second.text).toMatch(/goes on at \d\d:\d\d:\d\d, as fast as it can/);
    expect(linesWith(second.text, 'day: lots sold')).toEqual(['day: lots sold: 137 of 139']);
    const [closing, ...others] = linesWith(second.text.toLowerCase(), 'day: parcel staged');
    expect(others).toEqual([]);
    expect(/^day: parcel staged: (\d+) of (\d+)$/.exec(closing!)!.slice(1)).toEqual(['158', '158']);
    expect(linesWith(second.text, 'hammer: ')).toHaveLength(137);
    expect(linesWith(second.text, 'passed: ')).toHaveLength(2);
    expect(linesWith(second.text, 'all  ')[0]).toMatch(/^all +139 +137 +137 +660,906,500 +660,906,500$/);

    // one beside it, on the same port and on another
    const beside = start();
    expect([await beside.ends(), beside.text]).toEqual([1, `naru: Naru runs already at http://localhost:${port}: use it, or stop it there with Ctrl-C first.\n`]);
    const elsewhere = new Terminal(home, '--port', String(await freePort()));
    expect(await elsewhere.ends()).toBe(1);
    expect(elsewhere.text).toMatch(/^naru: Naru is already running on \S+ \(process \d+\)\..*\n$/);

    const accounts = JSON.parse(await naru(home, 'accounts', '--json')) as { organizations: { key: string }[]; users: { login: string; roles: string[] }[] };
    expect(accounts.organizations).toHaveLength(1 + 32);
    expect(accounts.users).toMatchObject([{ login: 'market.operator', organization: 'corp', roles: ['market-operator'] }]);
    expect(await second.interrupt()).toMatchObject({ code: 0 });
  }, PATIENCE_MS);

  it('shows the finished day at once, without playing it again, and offers the next', async () => {
    const from = performance.now();
    const third = start();
    await third.prints(OVER);
    expect(performance.now() - from).toBeLessThan(15_000);
    expect(third.text).toContain('is over; so it came out:');
    expect(linesWith(third.text, 'day: lots sold')).toEqual(['day: lots sold: 137 of 139']);
    expect(linesWith(third.text, 'day: parcel staged')).toEqual(['day: parcel staged: 158 of 158']);
    expect(linesWith(third.text, 'hammer: ')).toEqual([]);
    expect(third.text).toContain('npm start -- --day big');
    expect(await third.interrupt()).toMatchObject({ code: 0 });
    expect(await postgres()).toBeUndefined();
  }, PATIENCE_MS);

  it('forgets the day when it is asked to, at the speed it is asked for, and says no event when quiet', async () => {
    const fourth = start('--fresh', '--quiet', '--speed', '100');
    await fourth.prints('begins at 02:00:00, at most 100 times as fast as life');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(linesWith(fourth.text, 'registered: ')).toEqual([]);
    expect(await fourth.interrupt()).toMatchObject({ code: 0 });
  }, PATIENCE_MS);

  it('plays no day on an empty system', async () => {
    const fifth = start('--no-demo');
    await fifth.prints('empty and in real time');
    const answer = await fetch(`http://localhost:${port}/healthz`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(await naru(home, 'status', '--json'))).toMatchObject({ database: 'naru', url: `http://localhost:${port}` });
    expect(JSON.parse(await naru(home, 'accounts', '--json'))).toMatchObject({ organizations: [{ key: 'operator' }], users: [] });
    expect(await fifth.interrupt()).toMatchObject({ code: 0 });
    expect(await postgres()).toBeUndefined();
  }, PATIENCE_MS);
});
