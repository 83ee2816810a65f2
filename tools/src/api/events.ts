import { request } from 'node:http';

/** One event of the public stream, `GET /v1/events`. */
export interface StreamedEvent {
  /** Position, to resume after. */
  readonly position: string;
  readonly type: string;
  readonly subject: string;
  /** Business time, RFC 3339. */
  readonly time: string;
  readonly data: Record<string, unknown>;
}

/**
 * Follows the stream of events until `signal` aborts; resumes after a lost connection where it left.
 * `ready` is called when the stream stands.
 */
export async function followEvents(options: {
  url: string;
  token: () => Promise<string>;
  after?: string;
  fromBeginning?: boolean;
  signal: AbortSignal;
  ready?: () => void;
  onEvent: (event: StreamedEvent) => void;
}): Promise<void> {
  let after = options.after;
  while (!options.signal.aborted) {
    await connection(options, after, (event) => {
      after = event.position;
      options.onEvent(event);
    }).catch((error: unknown) => {
      if (error instanceof StreamRefused) throw error;
    });
    if (!options.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

class StreamRefused extends Error {}

async function connection(options: Parameters<typeof followEvents>[0], after: string | undefined, onEvent: (event: StreamedEvent) => void): Promise<void> {
  const url = new URL('/v1/events', options.url);
  if (options.fromBeginning && after === undefined) url.searchParams.set('fromBeginning', 'true');
  const headers = { authorization: `Bearer ${await options.token()}`, accept: 'text/event-stream', ...(after === undefined ? {} : { 'last-event-id': after }) };
  await new Promise<void>((resolve, reject) => {
    const outgoing = request(url, { headers, signal: options.signal }, (response) => {
      response.setEncoding('utf8');
      if (response.statusCode !== 200) {
        let text = '';
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => reject((response.statusCode ?? 0) >= 500 ? new Error(text) : new StreamRefused(`the stream of events was refused: ${response.statusCode} ${text}`)));
        return;
      }
      options.ready?.();
      let buffer = '';
      response.on('data', (chunk: string) => {
        buffer += chunk;
        for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
          const data = buffer
            .slice(0, end)
            .split('\n')
            .filter((line) => line.startsWith('data:'))
            .map((line) => line.slice(5).trimStart())
            .join('\n');
          buffer = buffer.slice(end + 2);
          if (data) onEvent(JSON.parse(data) as StreamedEvent);
        }
      });
      response.on('end', resolve);
      response.on('error', reject);
    });
    outgoing.on('error', (error) => (options.signal.aborted ? resolve() : reject(error)));
    outgoing.end();
  });
}
