import type { RunningSystem } from './system.js';

const LIMIT_MS = 30_000;
const PAUSE_MS = 1;

/** Waits until every event has had its effects, those of its effects included. */
export async function settle(system: Pick<RunningSystem, 'services'>): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  const services = [...system.services.values()];
  for (let calm = 0; calm < 2; ) {
    const settled = services.every(({ idle }) => idle) && (await Promise.all(services.map((service) => service.settled()))).every(Boolean);
    calm = settled ? calm + 1 : 0; // an effect may have published something new meanwhile
    if (Date.now() > until) throw new Error('the events do not settle: naru status shows which consumer lags');
    if (calm === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
