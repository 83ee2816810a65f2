// Recomputes what the market day must have left: stock per owner and item, and money per party.
//
// Reads the published files, the committed seeds, and the public API. It shares nothing with the system that it checks: only what comes with Node (20 or
// later), its own reading of CSV, its own rule of who won what, its own arithmetic of fees.
//
//   node check.mjs --url http://localhost:7700 --accounts .naru/market_day.json      asks the running system
//   node check.mjs … --save answers.json                                             and keeps its answers
//   node check.mjs --answers answers.json                                            checks answers that were kept
//
// Prints a line per difference and at last how many there are; exits 1 when there are any.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ask } from './answers.mjs';
import { expectedDay } from './expected.mjs';
import { moneyDifferences } from './money.mjs';
import { stockDifferences } from './stock.mjs';

const USAGE = 'usage: node check.mjs --url URL --accounts FILE [--save FILE]\n       node check.mjs --answers FILE';
const { values } = parseArgs({ options: { url: { type: 'string' }, accounts: { type: 'string' }, save: { type: 'string' }, answers: { type: 'string' } } });
const kept = values.answers !== undefined;
if (kept === (values.url !== undefined && values.accounts !== undefined)) {
  console.error(USAGE);
  process.exit(2);
}

const day = expectedDay();
const answers = kept ? JSON.parse(readFileSync(values.answers, 'utf8')) : await ask(values.url, JSON.parse(readFileSync(values.accounts, 'utf8')).organizations, day.day);
if (values.save !== undefined) writeFileSync(values.save, JSON.stringify(answers));

const checked = [stockDifferences(day, answers), moneyDifferences(day, answers)];
const differences = checked.flatMap((part) => part.differences);
for (const difference of differences) console.log(difference);
for (const { what } of checked) console.log(what);
console.log(`${differences.length} differences`);
process.exitCode = differences.length > 0 ? 1 : 0;
