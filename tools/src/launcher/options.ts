import { Command, InvalidArgumentError, Option } from 'commander';
import { DAY_NAMES, type DayName } from './days.js';

export interface StartOptions {
  readonly port: number;
  /** Business time per real time, at most; Infinity jumps to the next due time. */
  readonly speed: number;
  readonly quiet: boolean;
  readonly demo: boolean;
  readonly fresh: boolean;
  /** Which day is played. */
  readonly day: DayName;
  /** Of the big day so many lots; undefined for all. */
  readonly lots?: number;
}

/** The business day of 17 1/2 hours in less than 90 seconds. */
const DEFAULT_SPEED = 800;
export const DEFAULT_PORT = 7700;

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new InvalidArgumentError('a port is a number from 1 to 65535.');
  return port;
}

function speedOf(text: string): number {
  if (text === 'max') return Infinity;
  const speed = Number(text);
  if (!(speed > 0)) throw new InvalidArgumentError('a speed is a positive number, or max.');
  return speed;
}

function lotsOf(text: string): number {
  const lots = Number(text);
  if (!Number.isInteger(lots) || lots < 1) throw new InvalidArgumentError('a number of lots is a whole number above 0.');
  return lots;
}

export function parseStartOptions(argv: readonly string[]): StartOptions {
  const command = new Command('npm start --')
    .description('Starts Naru on this machine and plays a market day on it.')
    .option('--port <number>', 'port of the gateway', portOf, DEFAULT_PORT)
    .option('--speed <factor>', 'how many times faster than real time the day plays, at most; max jumps from event to event', speedOf, DEFAULT_SPEED)
    .option('--quiet', 'print no line per event')
    .option('--no-demo', 'start an empty system and play no day')
    .addOption(new Option('--day <name>', 'which day is played').choices(DAY_NAMES).default('live'))
    .addOption(new Option('--lots <number>', 'of the big day only so many lots, every odd row among them').argParser(lotsOf).hideHelp())
    .option('--fresh', 'forget the data of the day and begin again')
    .allowExcessArguments(false)
    .parse([...argv], { from: 'user' });
  return { quiet: false, fresh: false, ...command.opts<Omit<StartOptions, 'quiet' | 'fresh'>>() };
}
