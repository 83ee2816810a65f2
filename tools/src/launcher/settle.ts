import type { RunningSystem } from './system.js';

const LIMIT_MS = 30_000;
const PAUSE_MS = 2;

/** Waits until every event has had its effects, those of its effects included. */
export async function settle(system: Pick<RunningSystem, 'services'>): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  for (let calm = 0; calm < 2; ) {
    const settled = await Promise.all([...system.services.values()].map((service) => service.settled()));
    calm = settled.every(Boolean) ? calm + 1 : 0; // an effect may have published something new meanwhile
    if (Date.now() > until) throw new Error('the events do not settle: naru status shows which consumer lags');
    if (calm < 2) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
