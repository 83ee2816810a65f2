import { Agent, type IncomingMessage, request } from 'node:http';

/** A problem document (RFC 9457) as our gateway writes it. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [key: string]: unknown;
}

/** A call that was refused. */
export class ApiProblem extends Error {
  constructor(
    readonly call: string,
    readonly problem: Problem,
  ) {
    super(`${call}: ${problem.status} ${problem.code}: ${problem.detail}`);
    this.name = 'ApiProblem';
  }
}

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
/** A token is renewed when less than this is left of it. */
const RENEW_BEFORE_MS = 30_000;
const ATTEMPTS = 5;
/** Codes after which the same call with the same key may succeed. */
const TRY_AGAIN = new Set(['UNAVAILABLE', 'IDEMPOTENCY_KEY_IN_FLIGHT', 'QUEUE_FULL', 'ABORTED', 'DEADLINE_EXCEEDED']);

export function send(method: string, url: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers: body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const json = response.headers['content-type']?.includes('json') === true;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: json ? (JSON.parse(text) as unknown) : text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Connections that the other side had given up: what was sent over them has perhaps not arrived. */
const LOST = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Sends until an answer stands: what may succeed later is sent again, ever more slowly, and what got lost on the way
 * too where `repeatable` says that twice does no more than once.
 */
async function sendPatiently(repeatable: boolean, attempt: () => Promise<Answer>): Promise<Answer> {
  for (let attempts = 1; ; attempts++) {
    const last = attempts >= ATTEMPTS;
    try {
      const answer = await attempt();
      if (answer.status < 400 || last || !TRY_AGAIN.has((answer.body as Partial<Problem> | undefined)?.code ?? '')) return answer;
    } catch (error) {
      if (last || !repeatable || !LOST.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** attempts));
  }
}

/** A partner's client of the public API: gets its token, renews it, and repeats safely what did not get through. */
export class ApiClient {
  #token = '';
  #renewAt = 0;
  #renewing: Promise<void> | undefined;
  #calls = 0;

  constructor(
    readonly url: string,
    private readonly credentials: Credentials,
  ) {}

  /** Requests sent so far. */
  get calls(): number {
    return this.#calls;
  }

  async token(): Promise<string> {
    if (Date.now() >= this.#renewAt) await (this.#renewing ??= this.#renew().finally(() => (this.#renewing = undefined)));
    return this.#token;
  }

  async #renew(): Promise<void> {
    const basic = Buffer.from(`${encodeURIComponent(this.credentials.clientId)}:${encodeURIComponent(this.credentials.clientSecret)}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await sendPatiently(true, () => send('POST', `${this.url}/oidc/token`, headers, 'grant_type=client_credentials'));
    if (answer.status !== 200) throw new Error(`no token for ${this.credentials.clientId}: ${answer.status} ${JSON.stringify(answer.body)}`);
    const { access_token: token, expires_in: seconds } = answer.body as { access_token: string; expires_in: number };
    this.#token = token;
    this.#renewAt = Date.now() + seconds * 1000 - RENEW_BEFORE_MS;
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#call('GET', path, undefined, undefined)) as T;
  }

  /** Sends a command. `key` is its Idempotency-Key: the same key gets the first answer. */
  async post<T>(path: string, body: unknown, key?: string): Promise<T> {
    return (await this.#call('POST', path, JSON.stringify(body), key)) as T;
  }

  async #call(method: string, path: string, body: string | undefined, key: string | undefined): Promise<unknown> {
    const answer = await sendPatiently(method === 'GET' || key !== undefined, async () => {
      const headers: Record<string, string> = { authorization: `Bearer ${await this.token()}`, accept: 'application/json' };
      if (body !== undefined) headers['content-type'] = 'application/json';
      if (key !== undefined) headers['idempotency-key'] = key;
      this.#calls++;
      return send(method, this.url + path, headers, body);
    });
    if (answer.status >= 400) throw new ApiProblem(`${method} ${path}`, answer.body as Problem);
    return answer.body;
  }
}
