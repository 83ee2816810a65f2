import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScenarioClock } from './clocks.js';
import type { RunningService } from './service.js';

/** What the driver of a scenario sees of one service: the answer of every call to its scenario port. */
export interface ScenarioState {
  /** Business time. */
  readonly now: number;
  /** The next instant at which a timer of the service is due; null when none is set. */
  readonly nextDue: number | null;
  /** `RunningService.settledAt` of a service that is idle, offsets as text; null while it is not settled. */
  readonly ends: Readonly<Record<string, string>> | null;
}

const LARGEST_BODY = 1_000;

/**
 * Lets the driver of a scenario move the business clock of a service that runs in a process of its own: `GET /` tells its state,
 * `POST /` with `{"to": <epoch ms>}` moves it and answers once the timers on the way have run. For demonstrations and tests on an
 * inner network: it asks nobody who they are, and production has no scenario clock.
 */
export async function openScenarioPort(options: { readonly host: string; readonly port: number; readonly clock: ScenarioClock; readonly service: Pick<RunningService, 'idle' | 'settledAt'> }): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { host, clock, service } = options;
  const state = async (): Promise<ScenarioState> => {
    const ends = service.idle ? await service.settledAt() : undefined;
    return { now: clock.now(), nextDue: clock.nextDue() ?? null, ends: ends ? Object.fromEntries([...ends].map(([name, end]) => [name, String(end)])) : null };
  };
  const server = createServer((request, response) => {
    const answer = async (): Promise<ScenarioState> => {
      if (request.method === 'POST') await clock.advanceTo(await instantIn(request));
      return state();
    };
    answer().then(
      (told) => response.setHeader('content-type', 'application/json').end(JSON.stringify(told)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function instantIn(request: IncomingMessage): Promise<number> {
  let text = '';
  for await (const chunk of request) if ((text += String(chunk)).length > LARGEST_BODY) throw new RangeError('a longer body than an instant needs');
  const { to } = JSON.parse(text) as { to?: unknown };
  if (typeof to !== 'number' || !Number.isSafeInteger(to)) throw new RangeError('no instant: {"to": <epoch ms>}');
  return to;
}
