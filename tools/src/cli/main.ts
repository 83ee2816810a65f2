import Table from 'cli-table3';
import { Command } from 'commander';
import { listParked, replayParked, tailEvents } from './events.js';
import { withDatabase } from './connection.js';
import { statusOf } from './status.js';
import { verifyRules } from './verify.js';

const program = new Command('naru').description('Looks into a Naru system on this machine.').showHelpAfterError();

function table(head: string[], rows: (string | number)[][]): string {
  const t = new Table({ head, style: { head: [], border: [] } });
  t.push(...rows);
  return t.toString();
}

program
  .command('status')
  .description('what runs, how far its events are, and what waits')
  .option('--json', 'one line of JSON')
  .action(async (options: { json?: boolean }) => {
    const status = await withDatabase(statusOf);
    if (options.json) return console.log(JSON.stringify(status));
    console.log(status.url ? `running at ${status.url}, database ${status.database}` : `not running, database ${status.database}`);
    console.log(table(['service', 'to publish', 'published', 'parked keys'], status.services.map((s) => [s.service, s.outbox, s.published, s.parked])));
    if (status.lag.length > 0) console.log(table(['consumer', 'topic', 'not consumed yet'], status.lag.map((l) => [l.consumer, l.topic, l.records])));
  });

program
  .command('verify')
  .description('checks the numbered rules of the domain on live data')
  .option('--json', 'one line of JSON')
  .action(async (options: { json?: boolean }) => {
    const report = await withDatabase(({ query }) => verifyRules(query));
    if (options.json) console.log(JSON.stringify(report));
    else {
      console.log(table(['rule', 'what', 'rows', 'violations', 'also by test'], report.rules.map((r) => [r.rule, r.title, r.checked, r.violations, r.test ?? ''])));
      console.log(`${report.violations} violations`);
    }
    if (report.violations > 0) process.exitCode = 1;
  });

const events = program.command('events').description('the events of the system');

events
  .command('tail')
  .description('prints events as they are published; ends with Ctrl-C')
  .option('--from-beginning', 'begin with the oldest event that is kept')
  .option('--limit <number>', 'end after this many', Number)
  .option('--json', 'a line of JSON per event')
  .action((options: { fromBeginning?: boolean; limit?: number; json?: boolean }) => tailEvents(options));

events
  .command('parked')
  .description('events that could not be consumed, by key')
  .option('--json', 'one line of JSON')
  .action(async (options: { json?: boolean }) => {
    const parked = await withDatabase(listParked);
    if (options.json) return console.log(JSON.stringify({ parked }));
    if (parked.length === 0) return console.log('nothing is parked');
    console.log(table(['consumer', 'key', 'events', 'since', 'error'], parked.map((p) => [p.consumer, p.key, p.events, p.since, p.error])));
  });

events
  .command('replay')
  .description('asks the consumer to take parked events again, in order')
  .argument('<consumer>', 'such as auction')
  .argument('[key]', 'one key; without it all')
  .option('--json', 'one line of JSON')
  .action(async (consumer: string, key: string | undefined, options: { json?: boolean }) => {
    const replayed = await withDatabase((connection) => replayParked(connection, consumer, key));
    console.log(options.json ? JSON.stringify({ replayed }) : `${replayed} keys will be taken again`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(`naru: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
