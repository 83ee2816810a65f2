import { Command, InvalidArgumentError, Option } from 'commander';
import { faultLine } from '../launcher/faults.js';
import { runningUrl } from '../launcher/home.js';
import { accountsOf, accountsShell, accountsText } from './accounts.js';
import { knownRun, withDatabase } from './connection.js';
import { listParked, parkedText, replayParked, replayText } from './parked.js';
import { provision } from './provision.js';
import { statusOf, statusText } from './status.js';
import { tailEvents } from './tail.js';
import { type TopicsOptions, applyDeclaredTopics, topicsText } from './topics.js';
import { verifyRules, verifyText } from './verify.js';

interface Json {
  readonly json?: boolean;
}

const program = new Command('naru').description('Looks into the Naru of this clone, beside a running one or without.').showHelpAfterError('(naru --help says more)');
const print = (line: string): void => console.log(line);

program
  .command('status')
  .description('what runs, how far its events are, and what waits')
  .option('--json', 'one line of JSON')
  .action(async ({ json }: Json) => {
    const status = await withDatabase(async (connection) => statusOf(connection, await runningUrl(connection.home)));
    print(json ? JSON.stringify(status) : statusText(status));
  });

program
  .command('verify')
  .description('checks the numbered rules of the domain on live data; exit code 1 when one is broken')
  .option('--json', 'one line of JSON')
  .action(async ({ json }: Json) => {
    const report = await withDatabase(({ query }) => verifyRules(query));
    print(json ? JSON.stringify(report) : verifyText(report));
    if (report.violations > 0) process.exitCode = 1;
  });

program
  .command('accounts')
  .description('the clients of the demonstration, their secrets, and who can sign in')
  .option('--json', 'one line of JSON')
  .addOption(new Option('--shell', 'lines for a shell: eval "$(naru accounts --shell)"').conflicts('json'))
  .action(({ json, shell }: Json & { shell?: boolean }) => {
    const { home, run } = knownRun();
    const accounts = accountsOf(home, run);
    print(json ? JSON.stringify(accounts) : shell ? accountsShell(accounts) : accountsText(accounts));
  });

program
  .command('topics')
  .description('the topics of the bus on Kafka')
  .command('apply')
  .description('makes every declared topic with its settings; what is as declared stays; exit code 1 when one differs in what cannot be changed')
  .option('--brokers <addresses>', 'host:port, several by commas; KAFKA_BROKERS without it')
  .option('--prefix <text>', 'in front of every name, for several systems on one cluster')
  .option('--json', 'one line of JSON')
  .action(async ({ json, ...options }: Json & TopicsOptions) => {
    const topics = await applyDeclaredTopics(options, process.env);
    print(json ? JSON.stringify({ topics }) : topicsText(topics));
    if (topics.some(({ done }) => done === 'different')) process.exitCode = 1;
  });

program
  .command('provision')
  .description('makes the roles, schemas and tables of every service in the PostgreSQL of ADMIN_URL: a job before services that run alone')
  .action(async () => print(`provisioned: ${(await provision(process.env)).join(', ')}`));

const events = program.command('events').description('the events of the system');

events
  .command('tail')
  .description('prints events as they are published; ends with Ctrl-C')
  .option('--from-beginning', 'begin with the oldest event that is kept')
  .option('--limit <number>', 'end after this many', (text) => {
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('a limit is a whole number above 0.');
    return limit;
  })
  .option('--json', 'a line of JSON per event')
  .action((options: Json & { fromBeginning?: boolean; limit?: number }) => tailEvents(options, print));

events
  .command('parked')
  .description('events that could not be consumed, by key')
  .option('--json', 'one line of JSON')
  .action(async ({ json }: Json) => {
    const parked = await withDatabase(({ query }) => listParked(query));
    print(json ? JSON.stringify({ parked }) : parkedText(parked));
  });

events
  .command('replay')
  .description('has a consumer take parked events again, in order')
  .argument('<consumer>', 'such as auction')
  .argument('[key]', 'one key; without it all')
  .option('--json', 'one line of JSON')
  .action(async (consumer: string, key: string | undefined, { json }: Json) => {
    const { keys, url } = await withDatabase(async ({ adminUrl, home }) => ({ keys: await replayParked(adminUrl, consumer, key), url: await runningUrl(home) }));
    print(json ? JSON.stringify({ replayed: keys.length, keys }) : replayText(keys, consumer, url !== undefined));
  });

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // whoever read our lines has enough: naru events tail | head
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  console.error(`naru: ${faultLine(error)}`);
  process.exitCode = 1;
}
