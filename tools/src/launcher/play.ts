import { playDay } from './day.js';
import { dayOf } from './days.js';
import { faultLine } from './faults.js';
import { openHome } from './home.js';
import { remoteClock } from './remote-clock.js';

/**
 * Plays the live day on a system whose services run in processes of their own: `NARU_URL` is the gateway, `OPERATOR_SECRET` that of
 * the operator's client, `SCENARIO_PORTS` such as `identity=identity:7703,auction=auction:7703` what moves their business clocks.
 */
async function main(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const needed = (name: string): string => {
    const value = environment[name];
    if (!value) throw new Error(`${name} is not set`);
    return value;
  };
  const day = dayOf('live', undefined);
  const home = openHome();
  const clock = await remoteClock(new Map(needed('SCENARIO_PORTS').split(',').map((entry) => entry.split('=') as [string, string])));
  await playDay({
    day,
    read: day.read(),
    home: { ...home, secrets: { ...home.secrets, operator: needed('OPERATOR_SECRET') } },
    system: { url: needed('NARU_URL'), services: clock.services },
    clock,
    options: { port: 0, speed: Infinity, quiet: true, demo: true, fresh: false, day: 'live' },
    signal: new AbortController().signal,
    say: (line) => console.log(line),
  });
}

try {
  await main(process.env);
} catch (error) {
  console.error(`play: ${faultLine(error)}`);
  process.exitCode = 1;
}
