import type { RunningService } from '@naru/platform/service';

/** Services that can be asked how far their events are. */
export interface Settling {
  readonly services: ReadonlyMap<string, Pick<RunningService, 'idle' | 'settledAt'>>;
}

const LIMIT_MS = 30_000;
const PAUSE_MS = 1;

/** Waits until every event has had its effects, those of its effects included. */
export async function settle(system: Settling): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  const services = [...system.services.values()];
  for (;;) {
    if (services.every(({ idle }) => idle) && agree(await Promise.all(services.map((service) => service.settledAt())))) return;
    if (Date.now() > until) throw new Error('the events do not settle: naru status shows which consumer lags');
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Whether all see every log end at the same place: then nothing was on its way between the first look and the last. */
function agree(seen: readonly (ReadonlyMap<string, bigint> | undefined)[]): boolean {
  const ends = new Map<string, bigint>();
  return seen.every((logs) => logs && [...logs].every(([topic, end]) => (ends.get(topic) ?? end) === end && ends.set(topic, end)));
}
