// `npm test`: contracts, build, style, boundaries, specs; a line for each and a last one with the sum. `npm test -- PATTERN` runs the specs that match.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { again, faultOf, prepare, root } from './prepare.mjs';

const RESULTS = join(root, '.naru/jest-results.json');
/** ES modules in jest's own contexts. */
const JEST = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')];

let child;
// a Ctrl-C reaches the child by itself and it clears away its database; when npm is killed the channel to it closes
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child?.kill('SIGTERM'));
process.on('disconnect', () => child?.kill('SIGTERM'));
process.channel?.unref();

/** Runs a program; what it says is shown at once (`shown`), or kept for the case that it fails. */
async function run(args, { shown = false } = {}) {
  child = spawn(process.execPath, args, { cwd: root, stdio: shown ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of shown ? [] : [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code, signal] = await new Promise((resolve, reject) => child.on('error', reject).on('close', (...end) => resolve(end)));
  child = undefined;
  if (signal) process.exit(130);
  return { failed: code !== 0, output };
}

const quick = process.argv.length > 2;
const sum = { passed: 0, failed: 0 };
const broken = new Set();

/** One step: does its work and says how it went. It is not begun when one that it stands on has failed. */
async function step(name, needs, work) {
  const missing = needs.find((need) => broken.has(need));
  const begun = performance.now();
  const { failed, output = '' } = missing ? { failed: true, output: `not run: ${missing} failed` } : await work();
  if (failed) {
    broken.add(name);
    if (output) console.log(output.trimEnd());
  }
  sum[failed ? 'failed' : 'passed']++;
  console.log(`${failed ? 'FAILED' : 'ok'} ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
}

async function made(work) {
  try {
    await work();
    return { failed: false };
  } catch (error) {
    const fault = faultOf(error);
    if (!fault) throw error;
    return { failed: true, output: `${fault.message}\n${fault.output}` };
  }
}

/** Every compiled spec. Its tests count one by one; a suite that cannot start counts as one that failed. */
async function specs() {
  mkdirSync(join(root, '.naru'), { recursive: true });
  rmSync(RESULTS, { force: true });
  const patterns = process.argv.slice(2).map((pattern) => pattern.replace(/(^|\/)src\//, '$1dist/').replace(/\.ts$/, '.js'));
  const { failed } = await run([...JEST, '--json', '--outputFile', RESULTS, ...patterns], { shown: true });
  let results;
  try {
    results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  } catch {
    return { failed: true, output: 'jest ended before it had results' };
  }
  sum.passed += results.numPassedTests;
  sum.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  if (skipped > 0) console.log(`${skipped} tests were skipped`);
  const clean = results.numFailedTests + results.numRuntimeErrorTestSuites === 0;
  return { failed, output: failed && clean ? 'every test passed, but jest did not end well: see above' : '' };
}

if (quick) {
  await step('build', [], () => made(() => prepare('built')));
} else {
  await step('contracts', [], () => made(() => again('generated')));
  await step('contracts lint', ['contracts'], () => buf('lint'));
  await step('contracts breaking', ['contracts'], () => run(['tools/checks/breaking.mjs']));
  await step('build', ['contracts'], () => made(() => again('built')));
  await step('lint', ['build'], () => run(['tools/checks/lint.mjs']));
  await step('boundaries', ['build'], () => run(['tools/checks/boundaries.mjs']));
}
await step('specs', ['build'], specs);
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed > 0 ? 1 : 0);

function buf(...args) {
  return run([join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args]);
}
