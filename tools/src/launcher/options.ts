import { Command, InvalidArgumentError, Option } from 'commander';
import { DAYS } from './days.js';

export interface StartOptions {
  readonly port: number;
  /** Business time per real time, at most; Infinity jumps to the next due time. */
  readonly speed: number;
  readonly quiet: boolean;
  readonly demo: boolean;
  readonly fresh: boolean;
  /** Which day is played. */
  readonly day: string;
}

/** The business day of 7 hours in about 50 seconds. */
const DEFAULT_SPEED = 500;
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

export function parseStartOptions(argv: readonly string[]): StartOptions {
  const command = new Command('npm start --')
    .description('Starts Naru on this machine and plays a market day on it.')
    .option('--port <number>', 'port of the gateway', portOf, DEFAULT_PORT)
    .option('--speed <factor>', 'how many times faster than real time the day plays, at most; max jumps from event to event', speedOf, DEFAULT_SPEED)
    .option('--quiet', 'print no line per event', false)
    .option('--no-demo', 'start an empty system and play no day')
    .addOption(new Option('--day <name>', 'which day is played').choices(Object.keys(DAYS)).default('live'))
    .option('--fresh', 'forget the data of the day and begin again', false)
    .allowExcessArguments(false)
    .parse([...argv], { from: 'user' });
  return command.opts<StartOptions>();
}
