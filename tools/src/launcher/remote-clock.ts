import type { Instant } from '@naru/kernel/instant';
import type { ScenarioState } from '@naru/platform/scenario-port';
import type { DrivenClock } from '../scenarios/driver/play.js';
import type { Settling } from './settle.js';

/** A service whose business clock is moved over its scenario port. */
interface Remote {
  readonly name: string;
  ask(to?: Instant): Promise<ScenarioState>;
}

function remoteOf(name: string, address: string): Remote {
  return {
    name,
    async ask(to) {
      const answer = await fetch(`http://${address}`, to === undefined ? {} : { method: 'POST', body: JSON.stringify({ to }) });
      if (!answer.ok) throw new Error(`the scenario port of ${name} answers ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as ScenarioState;
    },
  };
}

/**
 * The business clocks of services in processes of their own as one: they move together from one due time to the next, and wherever one
 * has timers to run the others wait. `ports` are their scenario ports, `host:port` by name.
 */
export async function remoteClock(ports: ReadonlyMap<string, string>): Promise<DrivenClock & Settling> {
  const remotes = [...ports].map(([name, address]) => remoteOf(name, address));
  const all = (to?: Instant): Promise<readonly ScenarioState[]> => Promise.all(remotes.map((remote) => remote.ask(to)));
  let now = Math.max(...(await all()).map((state) => state.now));
  return {
    now: () => now,
    async advanceTo(target) {
      let states = await all();
      for (let due = nextDue(states); due <= target; due = nextDue(states)) states = await all((now = Math.max(now, due)));
      now = Math.max(now, target);
      await all(now);
    },
    services: new Map(
      remotes.map(({ name, ask }) => [
        name,
        {
          idle: true, // the port says so together with the ends
          settledAt: async () => {
            const { ends } = await ask();
            return ends ? new Map(Object.entries(ends).map(([log, end]) => [log, BigInt(end)])) : undefined;
          },
        },
      ]),
    ),
  };
}

function nextDue(states: readonly ScenarioState[]): Instant {
  return Math.min(...states.map((state) => state.nextDue ?? Infinity));
}
