#!/usr/bin/env node
// The way in: `npm start`, `npm test`, `npm run bench`, `npx naru …`. Makes what is missing, then goes on with Node 24. Needs Node 20 and no packages.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { again, Fault, faultOf, node24, prepare, root, stopPreparing } from './prepare.mjs';

const [command = '--help', ...rest] = process.argv.slice(2);

/** Each command: what must be there, and what is run then. Everything else belongs to the command line tool. */
const COMMANDS = {
  // Node takes 128 MB for young objects where memory is plenty; a quarter of it does the same work in 70 MB less
  start: { until: 'built', main: 'tools/dist/launcher/main.js', args: rest, flags: ['--max-semi-space-size=16'] },
  bench: { until: 'built', main: 'tools/dist/bench/main.js', args: rest },
  test: { until: 'installed', main: 'tools/test.mjs', args: rest },
  generate: { until: 'installed', step: 'generated' },
  build: { until: 'generated', step: 'built' },
};
const { until, main, args, step, flags = [] } = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : { until: 'built', main: 'tools/dist/cli/main.js', args: [command, ...rest] };
const isTool = main === 'tools/dist/cli/main.js';

/** One line for one step, its seconds added at its end. The tool's stdout is for machines: there the lines go to stderr. */
function say(text) {
  const out = isTool ? process.stderr : process.stdout;
  const begun = performance.now();
  out.write(`${text} … `);
  open = () => out.write('\n');
  return () => {
    out.write(`${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    open = undefined;
  };
}
let open;
const SHOWN_LINES = 30;

let child;
function stop(signal) {
  if (child) {
    if (signal !== 'SIGINT') child.kill('SIGTERM'); // Ctrl-C reaches the whole process group, so the child has it already
    return;
  }
  stopPreparing();
  open?.();
  process.exit(128 + constants.signals[signal]);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));

// an npm that is killed outright tells nobody: its going is seen by our having another parent
const npm = npmAbove();
if (process.env.npm_lifecycle_event) setInterval(() => npmAbove() !== npm && stop('SIGTERM'), 500).unref();

try {
  if (Number(process.versions.node.split('.')[0]) < 20) throw new Fault(`Naru needs Node 20 or later to start; this is ${process.versions.node}.`);
  await prepare(until, say);
  if (step) await again(step, say);
  if (main) await goOn();
} catch (error) {
  open?.();
  const fault = faultOf(error) ?? (process.env.NARU_DEBUG ? undefined : new Fault(`Something failed that should not: ${error?.message ?? error} (NARU_DEBUG=1 shows where)`));
  if (!fault) throw error;
  console.error([fault.message, ...beginning(fault.output)].join('\n'));
  process.exitCode = 1;
}

/** The first lines of what a program said: the first complaint is mostly the cause of the others. */
function beginning(output) {
  const lines = output.trimEnd().split('\n').filter(Boolean);
  return lines.length > SHOWN_LINES ? [...lines.slice(0, SHOWN_LINES), `… and ${lines.length - SHOWN_LINES} lines more`] : lines;
}

async function goOn() {
  if (!existsSync(join(root, main))) throw new Fault(`${main} is not there: this clone is not whole.`);
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`, NARU_PARENT_PIPE: '1' };
  if (command !== 'test') env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/naru-compiled');
  // when this process is killed the channel closes: the child's 'disconnect' then means stop
  child = spawn(node24(), [...flags, join(root, main), ...args], { cwd: isTool ? process.cwd() : root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const [code, signal] = await new Promise((resolve, reject) => child.on('error', reject).on('exit', (...end) => resolve(end)));
  process.exitCode = code ?? 128 + constants.signals[signal];
}

/** Pid of the npm that runs this script; some shells stay between the two. */
function npmAbove() {
  if (process.platform !== 'linux') return process.ppid;
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, above] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /\((da|ba|a|)sh\)/.test(stat) ? Number(above) : process.ppid;
  } catch {
    return process.ppid;
  }
}
