import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One HTTP exchange without a client's manners: header values and bodies leave as they are given. */
export function exchange(url: string, method: string, path: string, headers: OutgoingHttpHeaders = {}, body?: string | Buffer): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', reject);
    });
    outgoing.on('error', (error) => setImmediate(reject, error)); // a body that nobody reads to its end may break off; the answer counts
    outgoing.end(body);
  });
}
