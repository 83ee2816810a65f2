import { ApiClient } from '../api/client.js';
import { followEvents, type StreamedEvent } from '../api/events.js';
import { OPERATOR_CLIENT } from '../launcher/accounts.js';
import { eventLine } from '../launcher/event-line.js';
import { Fault } from '../launcher/faults.js';
import { runningUrl } from '../launcher/home.js';
import { knownRun } from './connection.js';

export interface TailOptions {
  readonly fromBeginning?: boolean;
  readonly limit?: number;
  readonly json?: boolean;
}

const DEFAULT_ZONE = 'Asia/Seoul';

/** Prints the public stream of events, a line each, until Ctrl-C or the limit. Needs a running system. */
export async function tailEvents(options: TailOptions, print: (line: string) => void): Promise<void> {
  const { home, run } = knownRun();
  const url = await runningUrl(home);
  if (url === undefined) throw new Fault('no system runs from this clone, and events come from a running one: run npm start first');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const lineOf = (event: StreamedEvent): string => (options.json ? JSON.stringify(event) : eventLine(event, run.timeZone ?? DEFAULT_ZONE));
  await tail({ ...options, client: new ApiClient(url, { clientId: OPERATOR_CLIENT, clientSecret: home.secrets.operator }), stop, onEvent: (event) => print(lineOf(event)) });
}

/** Follows the stream of `client` until `stop` aborts or `limit` events were seen. */
export async function tail({ client, fromBeginning, limit, stop, onEvent }: Omit<TailOptions, 'json'> & { readonly client: ApiClient; readonly stop: AbortController; readonly onEvent: (event: StreamedEvent) => void }): Promise<void> {
  let left = limit ?? Infinity;
  await followEvents({
    url: client.url,
    token: () => client.token(),
    ...(fromBeginning ? { fromBeginning } : {}),
    signal: stop.signal,
    onEvent: (event) => {
      if (left <= 0) return;
      onEvent(event);
      if (--left <= 0) stop.abort();
    },
  });
}
