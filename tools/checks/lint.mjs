// The style that a machine can tell, over the whole repository; and over the fixtures, each of which says in its first line what must be found in it.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { root } from '../prepare.mjs';

/** What is wrong with a file: what ESLint found, and what was silenced without saying why (`eslint-disable-next-line rule -- reason`). */
function problemsOf({ messages, suppressedMessages }) {
  const unexplained = suppressedMessages.filter(({ suppressions }) => suppressions.some(({ justification }) => justification.length < 10));
  return [...messages, ...unexplained.map(({ line, ruleId }) => ({ line, ruleId: 'suppression-says-why', message: `${ruleId} is silenced without a reason after --` }))];
}

const results = await new ESLint({ cwd: root, errorOnUnmatchedPattern: false }).lintFiles(['libs', 'services', 'tools', 'tests', '*.mjs', '*.cjs']);
let found = 0;
for (const result of results) {
  for (const { line, ruleId, message } of problemsOf(result)) {
    found++;
    console.log(`${relative(root, result.filePath)}:${line} ${message.split('\n')[0]} (${ruleId})`);
  }
}

const folder = join(root, 'tools/checks/fixtures/lint');
const fixtures = new ESLint({ cwd: folder, overrideConfigFile: join(root, 'eslint.config.mjs') });
for (const result of await fixtures.lintFiles(['**/*.ts'])) {
  const expected = new Map([...readFileSync(result.filePath, 'utf8').split('\n')[0].matchAll(/([@\w/-]+) ×(\d+)/g)].map(([, rule, times]) => [rule, Number(times)]));
  const seen = Map.groupBy(problemsOf(result), ({ ruleId }) => ruleId);
  for (const rule of new Set([...expected.keys(), ...seen.keys()])) {
    const times = seen.get(rule)?.length ?? 0;
    if (times === (expected.get(rule) ?? 0)) continue;
    found++;
    console.log(`${relative(root, result.filePath)}: ${rule} was found ${times} times, not ${expected.get(rule) ?? 0}`);
  }
}
process.exitCode = found > 0 ? 1 : 0;
