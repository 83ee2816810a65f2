// Who may import whom, over the whole repository; and over the fixtures, where every rule must find what breaks it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../prepare.mjs';

const config = join(root, '.dependency-cruiser.cjs');
const program = join(root, 'node_modules', 'dependency-cruiser/bin/dependency-cruiser.mjs');

function cruise(folder) {
  const within = (name) => (existsSync(join(folder, name)) ? readdirSync(join(folder, name)).map((part) => join(name, part, 'src')) : []);
  const sources = [...within('libs'), ...within('services'), 'tools/src', 'tests/src'].filter((path) => existsSync(join(folder, path)));
  const { stdout, stderr } = spawnSync(process.execPath, [program, '--config', config, '--output-type', 'json', ...sources], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout).summary;
}

const rules = createRequire(import.meta.url)(config).forbidden;
const whole = cruise(root);
for (const { from, to, rule } of whole.violations) console.log(`${from} → ${to}\n    ${rule.name}: ${rules.find(({ name }) => name === rule.name).comment}`);

const broken = new Set(cruise(join(root, 'tools/checks/fixtures/boundaries')).violations.map(({ rule }) => rule.name));
const blind = rules.map(({ name }) => name).filter((name) => !broken.has(name));
for (const name of blind) console.log(`The rule ${name} finds nothing in tools/checks/fixtures/boundaries, where something breaks it.`);

// a resolver that lost the way to our packages would leave every rule without anything to judge
if (whole.totalDependenciesCruised < whole.totalCruised) console.log(`Only ${whole.totalDependenciesCruised} imports of ${whole.totalCruised} files were seen.`);
process.exitCode = whole.violations.length + blind.length > 0 || whole.totalDependenciesCruised < whole.totalCruised ? 1 : 0;
