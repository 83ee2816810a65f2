// What must be there before anything of ours runs: the packages, the code generated from proto/, the build. Each is made when its inputs
// changed and never otherwise. Runs on Node 20 and without packages, since it installs them.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...path) => join(root, ...path);
const LOCK = at('.naru/prepare.lock');
const INSTALLED = at('node_modules/.naru-installed');
const GENERATED = at('libs/contracts/src/gen/.generated-from');
const BUILT = at('node_modules/.naru-built');
const NODE_WANTED = 24;

/** A fault that a person can mend: `message` says what to do. */
export class Fault extends Error {
  constructor(message, output = '') {
    super(message);
    this.output = output;
  }
}

/** The fault behind a failed file operation; undefined for any other error. */
export function faultOf(error) {
  if (error instanceof Fault) return error;
  if (error?.code === 'ENOSPC' || error?.code === 'EDQUOT') return new Fault(`The disk that holds ${root} is full. Free about 1 GB and start again.`);
  if (['EROFS', 'EACCES', 'EPERM'].includes(error?.code)) {
    return new Fault(`${error.path ?? root} cannot be written (${error.code}). Start as the user it belongs to, or clone into a folder of your own.`);
  }
  return undefined;
}

/** Hears of each step: gets its text, and gives what is to be called with nothing at its end. */
export const silent = () => () => {};

/** Installs, generates and builds as far as `until` and as far as needed. */
export async function prepare(until, say = silent) {
  const steps = ['installed', 'generated', 'built'].slice(0, ['installed', 'generated', 'built'].indexOf(until) + 1);
  const needed = { installed: () => !isInstalled(), generated: () => !isGenerated(), built: () => !isBuilt() };
  if (!steps.some((step) => needed[step]())) return;
  const make = { installed: install, generated: generate, built: build };
  await alone(say, async () => {
    for (const step of steps) if (needed[step]()) await make[step](say);
  });
}

/** Generates (or builds) even if nothing changed. */
export async function again(step, say = silent) {
  await alone(say, () => (step === 'generated' ? generate(say) : build(say)));
}

async function alone(say, fn) {
  mkdirSync(dirname(LOCK), { recursive: true });
  await withLock(LOCK, (pid) => say(`Waiting for process ${pid}, which prepares this clone`), async (share) => {
    shareLock = share;
    await fn();
  });
}
let shareLock;

// ── Packages ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function isInstalled() {
  if (read(INSTALLED)?.split('\n')[0] === lockHash()) return true;
  if (!holdsWhatTheLockSays()) return false;
  writeFileSync(INSTALLED, `${lockHash()}\n${packagedNodeRuns() ? 'packaged' : 'host'}\n`);
  return true;
}

function lockHash() {
  return hash([readFileSync(at('package-lock.json'))]);
}

/** Whether somebody ran npm ci or npm install by hand: npm's own note of what it installed equals our lock file. */
function holdsWhatTheLockSays() {
  const note = read(at('node_modules/.package-lock.json'));
  if (note === undefined) return false;
  const installed = JSON.parse(note).packages;
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  const same = (path) => installed[path]?.version === wanted[path].version && installed[path].integrity === wanted[path].integrity && existsSync(at(path));
  return Object.entries(wanted).every(([path, entry]) => !path.includes('node_modules/') || (entry.optional && !installed[path]) || same(path));
}

async function install(say) {
  const done = say('Installing packages');
  rmSync(INSTALLED, { force: true });
  const byNpm = /npm-cli\.js$/.test(process.env.npm_execpath ?? '');
  const [command, ...before] = byNpm ? [process.env.npm_node_execpath ?? process.execPath, process.env.npm_execpath] : ['npm'];
  // npm puts node_modules/.bin first; it is about to be replaced, and npm must not run on a Node that goes away under it
  const env = { ...process.env, PATH: process.env.PATH.split(delimiter).filter((path) => !path.includes('node_modules')).join(delimiter) };
  for (const name of ['npm_config_workspace', 'npm_config_workspaces', 'npm_config_include_workspace_root', 'npm_config_global']) delete env[name];
  const usable = !command.includes('node_modules') && existsSync(command) ? command : byNpm ? 'node' : command;
  const args = [...before, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--prefer-offline'];
  const { code, output } = await run(usable, args, { env, shell: process.platform === 'win32' && !byNpm });
  if (code !== 0) throw installFault(output);
  writeFileSync(INSTALLED, `${lockHash()}\n${packagedNodeRuns() ? 'packaged' : 'host'}\n`);
  done();
}

function installFault(output) {
  const registry = process.env.npm_config_registry ?? /https?:\/\/[^\s/]+/.exec(output)?.[0] ?? 'https://registry.npmjs.org';
  const has = (pattern) => pattern.test(output);
  if (has(/ENOSPC|EDQUOT|no space left/i)) return faultOf({ code: 'ENOSPC' });
  if (has(/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/)) {
    return new Fault(`The package registry ${registry} cannot be reached. Check the network (or npm's proxy and registry settings) and start again.`);
  }
  if (has(/code E40[13]/)) return new Fault(`The package registry ${registry} refuses us. Check npm's registry and token settings and start again.`);
  if (has(/code (EACCES|EPERM|EROFS)/)) return faultOf({ code: /code (EACCES|EPERM|EROFS)/.exec(output)[1], path: at('node_modules') });
  if (has(/code EUSAGE/)) return new Fault('package-lock.json does not fit package.json. Run npm install, look at what changed, and start again.');
  const log = at('.naru/install.log');
  writeFileSync(log, output);
  const reason = output.split('\n').find((line) => /^npm (error|ERR!) (?!code)/.test(line))?.replace(/^npm (error|ERR!) /, '');
  return new Fault(`npm ci failed${reason ? `: ${reason}` : ''}. All it said is in ${relative(process.cwd(), log)}.`);
}

// ── Node 24 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function packagedNode() {
  return at('node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function packagedNodeRuns() {
  return existsSync(packagedNode()) && Number(/^v(\d+)/.exec(spawnSync(packagedNode(), ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1]) >= NODE_WANTED;
}

/** The Node that runs Naru: the one that npm brought, or else the machine's. */
export function node24() {
  if (read(INSTALLED)?.split('\n')[1] === 'packaged' && existsSync(packagedNode())) return packagedNode();
  if (Number(process.versions.node.split('.')[0]) >= NODE_WANTED) return process.execPath;
  throw new Fault(`Naru runs on Node ${NODE_WANTED}; this is ${process.versions.node}, and npm has brought none (the package "node" has none for ${process.platform}-${process.arch}, or its install script was not allowed). Install Node ${NODE_WANTED} and start again.`);
}

// ── Generated code ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function isGenerated() {
  return read(GENERATED) === generatorHash() && existsSync(at('libs/contracts/naru.binpb'));
}

function generatorHash() {
  const inputs = [...files(at('proto')), ...files(at('libs/contracts'), 0).filter((path) => path.endsWith('.mjs')), at('buf.yaml'), at('buf.gen.yaml'), at('package-lock.json')];
  return hash(inputs.flatMap((path) => [relative(root, path), readFileSync(path)]));
}

async function generate(say) {
  const done = say('Generating code from proto/');
  const from = generatorHash();
  rmSync(GENERATED, { force: true });
  const { code, output } = await run(node24(), [at('libs/contracts/generate.mjs')]);
  if (code !== 0) throw new Fault('The code could not be generated from proto/:', output.split(/^node:internal/m)[0]);
  writeFileSync(GENERATED, from);
  done();
}

// ── Build ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function projects() {
  return JSON.parse(readFileSync(at('tsconfig.json'), 'utf8')).references.map(({ path }) => at(path));
}

function isBuilt() {
  return read(BUILT) === sourceHash() && projects().every((project) => existsSync(join(project, 'dist')));
}

/** Sizes and times of the sources; their contents are the compiler's business. The generated ones are known by what they came from. */
function sourceHash() {
  const paths = [at('tsconfig.base.json'), at('tsconfig.json'), ...projects().flatMap((project) => [...files(project, 0), ...files(join(project, 'src'))])];
  const sources = paths.filter((path) => /\.(ts|tsx|json)$/.test(path) && !path.includes('/src/gen/'));
  return hash([read(GENERATED) ?? '', lockHash(), ...sources.map((path) => stamp(path))]);
}

function stamp(path) {
  const { size, mtimeMs } = statSync(path);
  return `${relative(root, path)} ${size} ${mtimeMs}\n`;
}

async function build(say) {
  const done = say('Building');
  const from = sourceHash();
  rmSync(BUILT, { force: true });
  for (const project of projects()) clean(project);
  const { code, output } = await run(node24(), [at('node_modules/typescript-native/bin/tsc'), '-b', ...(process.stdout.isTTY ? ['--pretty'] : [])]);
  if (code !== 0) throw new Fault('The build failed:', output);
  writeFileSync(BUILT, from);
  done();
}

/** What tsc -b leaves alone: output of sources that are gone (a deleted spec would go on running), and a dist that was removed under its notes. */
function clean(project) {
  const dist = join(project, 'dist');
  if (!existsSync(dist)) return rmSync(join(project, 'tsconfig.tsbuildinfo'), { force: true });
  for (const path of files(dist)) {
    const source = join(project, 'src', relative(dist, path).replace(/(\.d\.ts|\.js)(\.map)?$/, ''));
    if (!['.ts', '.tsx', '.mts', '.json', ''].some((ending) => existsSync(source + ending))) rmSync(path);
  }
}

// ── Small things ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Paths of the files below `folder`, sorted; down to `depth` folders deep. */
function files(folder, depth = Infinity) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? (depth > 0 ? files(join(folder, entry.name), depth - 1) : []) : [join(folder, entry.name)]));
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function hash(parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}

let running;
let stopped = false;

/** Ends the step that runs, if any; `run` then never resolves. */
export function stopPreparing() {
  stopped = true;
  running?.kill('SIGTERM');
}

/** Runs a program to its end and gives all it said. */
function run(command, args, options = {}) {
  const env = { ...process.env, PATH: `${at('node_modules/.bin')}${delimiter}${process.env.PATH}` };
  return new Promise((resolve, reject) => {
    running = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    if (running.pid) shareLock?.(running.pid);
    let output = '';
    for (const stream of [running.stdout, running.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    running.on('error', (error) => reject(error.code === 'ENOENT' ? new Fault(`${command} is not there. Install it, or put it on the PATH, and start again.`) : error));
    running.on('close', (code) => stopped || resolve({ code, output }));
  });
}
