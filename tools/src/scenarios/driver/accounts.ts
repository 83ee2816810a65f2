import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ApiClient, type Credentials } from '../../api/client.js';

/**
 * The clients of a scenario's organizations, kept in a file: a secret is shown once, and a scenario that was interrupted
 * goes on with the clients it has.
 */
export class Accounts {
  readonly #file: string;
  readonly #url: string;
  readonly #credentials: Record<string, Credentials>;
  readonly #clients = new Map<string, ApiClient>();

  constructor(file: string, url: string, platform: readonly [key: string, credentials: Credentials]) {
    this.#file = file;
    this.#url = url;
    this.#credentials = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Credentials>) : {};
    this.#clients.set(platform[0], new ApiClient(url, platform[1]));
  }

  has(organization: string): boolean {
    return organization in this.#credentials;
  }

  keep(organization: string, credentials: Credentials): void {
    this.#credentials[organization] = credentials;
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#credentials), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }

  credentialsOf(organization: string): Credentials | undefined {
    return this.#credentials[organization];
  }

  of(organization: string): ApiClient {
    let client = this.#clients.get(organization);
    if (!client) {
      const credentials = this.#credentials[organization];
      if (!credentials) throw new Error(`the plan lets ${organization} call before it has a client`);
      this.#clients.set(organization, (client = new ApiClient(this.#url, credentials)));
    }
    return client;
  }

  /** Requests sent by all of them. */
  get calls(): number {
    return [...this.#clients.values()].reduce((sum, client) => sum + client.calls, 0);
  }
}
