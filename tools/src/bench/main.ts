import { availableParallelism, loadavg } from 'node:os';
import { Command } from 'commander';
import { startTelemetry } from '@naru/platform/telemetry-start';
import { bidsHot } from './bids-hot.js';
import { boot } from './boot.js';
import { day, dayBig } from './day.js';
import { events } from './events.js';
import { eventsKafka } from './events-kafka.js';
import { gateway } from './gateway.js';
import { type Ground, layGround } from './ground.js';
import { journal } from './journal.js';
import { type Life, beginLife } from './life.js';
import { rss } from './memory.js';
import { ready } from './ready.js';
import { jsonOf, tableOf } from './report.js';
import { reserveHot } from './reserve-hot.js';
import { reserveSpread } from './reserve-spread.js';
import type { Figure, Row } from './row.js';
import { settle } from './settle.js';
import { turnstile } from './turnstile.js';

/** Those of one life stand together: it ends before the others begin. */
const ROWS: readonly Row[] = [day, rss, ready, turnstile, bidsHot, reserveHot, reserveSpread, journal, settle, gateway, events, eventsKafka, dayBig, boot];

const names = ROWS.map((row) => row.name).join(', ');
const command = new Command('npm run bench --')
  .description(`Measures Naru on this machine. Rows: ${names}.`)
  .argument('[names...]', 'the rows to measure; without any, all but events_kafka, day_big and boot')
  .option('--only <name>', 'measure this row alone')
  .option('--json', 'end with one line of JSON', false)
  .parse();
const { only, json } = command.opts<{ only?: string; json: boolean }>();
const asked = [...command.args, ...(only === undefined ? [] : [only])];
for (const name of asked) if (!ROWS.some((row) => row.name === name)) command.error(`there is no row ${name}; there are ${names}`);
const rows = ROWS.filter((row) => (asked.length > 0 ? asked.includes(row.name) : !row.onlyNamed));

/** Progress goes beside the figures, so that the figures can be read by a machine. */
const say = (line: string): void => console.error(line);

let ground: Promise<Ground> | undefined;
let life: Promise<Life> | undefined;
const figures = new Map<string, Figure>();
const begun = performance.now();
let failed = false;

/** A system that lives would take its part of the cores. */
async function beginGround(): Promise<Ground> {
  await (await life)?.end();
  const laid = await layGround();
  say(`  PostgreSQL: ${laid.settings}`);
  return laid;
}

await startTelemetry({}); // spans are made, as in the running system
try {
  say(`${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}, Node ${process.versions.node}`);
  for (const row of rows) {
    const from = performance.now();
    say(`${row.name} …`);
    const bench = {
      ground: () => (ground ??= beginGround()),
      life: () => (life ??= beginLife('live', (line) => say(`  ${line}`))),
      say: (line: string) => say(`  ${line}`),
    };
    const figure = await row.run(bench);
    figures.set(row.name, figure);
    failed ||= figure.passed === false;
    say(`${row.name}: ${((performance.now() - from) / 1000).toFixed(0)} s`);
  }
} finally {
  await (await life)?.end();
  await (await ground)?.stop();
}
console.log(tableOf(figures));
console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s, load ${loadavg()[0]!.toFixed(1)} at the end`);
if (json) console.log(jsonOf(figures));
process.exitCode = failed ? 1 : 0;
