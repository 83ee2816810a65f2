import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { healthy, startSystem, stopSystem } from './life.js';
import type { Figure, Row } from './row.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const GOAL_SECONDS = 180;

/** From a clone to healthy with an empty cache of packages: a newcomer's first start. Needs the registry. */
export const boot: Row = {
  name: 'boot',
  onlyNamed: true,
  async run(): Promise<Figure> {
    const folder = mkdtempSync(join(tmpdir(), 'naru-bench-boot-'));
    const clone = join(folder, 'naru');
    const environment = {
      npm_config_cache: join(folder, 'npm'),
      NARU_HOME: join(folder, 'home'),
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      PATH: process.env['PATH']!.split(delimiter).filter((path) => !path.includes('node_modules')).join(delimiter),
    };
    try {
      const from = performance.now();
      execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone]);
      const running = await startSystem(clone, ['--no-demo'], environment, 'node');
      try {
        await healthy(running);
        const value = (performance.now() - from) / 1000;
        return { value, unit: 's', goal: `≤ ${GOAL_SECONDS} s`, passed: value <= GOAL_SECONDS };
      } finally {
        await stopSystem(running, 'stopped', environment.NARU_HOME);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
