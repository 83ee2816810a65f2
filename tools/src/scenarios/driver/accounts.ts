import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ApiClient, type Credentials } from '../../api/client.js';

/** An organization of a scenario, with the client that calls for it. */
export interface OrganizationAccount extends Credentials {
  readonly name: string;
  readonly roles: readonly string[];
}

/** A person of a scenario who signs in at the page. */
export interface UserAccount {
  readonly name: string;
  readonly password: string;
  /** Key of the organization that they are a member of. */
  readonly organization: string;
  readonly roles: readonly string[];
}

/** The file that keeps them, by key of the plan and by login. */
export interface AccountsFile {
  readonly organizations: Readonly<Record<string, OrganizationAccount>>;
  readonly users: Readonly<Record<string, UserAccount>>;
}

export function readAccounts(file: string): AccountsFile {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as AccountsFile) : { organizations: {}, users: {} };
}

/** The password of a demonstration's user: derived, so that an interrupted scenario says the same again. */
export function passwordOf(secret: string, login: string): string {
  return createHmac('sha256', secret).update(`password of ${login}`).digest('base64url').slice(0, 20);
}

/**
 * The accounts of a scenario, kept in a file: a secret is shown once, and a scenario that was interrupted goes on with
 * the clients it has.
 */
export class Accounts {
  readonly #file: string;
  readonly #url: string;
  readonly #secret: string;
  readonly #clients = new Map<string, ApiClient>();
  #kept: AccountsFile;

  /** The passwords of users are derived from `secret`. */
  constructor(file: string, url: string, platform: readonly [key: string, credentials: Credentials], secret: string = platform[1].clientSecret) {
    this.#file = file;
    this.#url = url;
    this.#secret = secret;
    this.#kept = readAccounts(file);
    this.#clients.set(platform[0], new ApiClient(url, platform[1]));
  }

  has(organization: string): boolean {
    return organization in this.#kept.organizations;
  }

  keep(organization: string, account: OrganizationAccount): void {
    this.#keep({ ...this.#kept, organizations: { ...this.#kept.organizations, [organization]: account } });
  }

  keepUser(login: string, user: UserAccount): void {
    this.#keep({ ...this.#kept, users: { ...this.#kept.users, [login]: user } });
  }

  #keep(kept: AccountsFile): void {
    this.#kept = kept;
    writeFileSync(`${this.#file}.new`, JSON.stringify(kept, undefined, 1), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }

  passwordOf(login: string): string {
    return passwordOf(this.#secret, login);
  }

  credentialsOf(organization: string): Credentials | undefined {
    return this.#kept.organizations[organization];
  }

  of(organization: string): ApiClient {
    let client = this.#clients.get(organization);
    if (!client) {
      const account = this.#kept.organizations[organization];
      if (!account) throw new Error(`the plan lets ${organization} call before it has a client`);
      this.#clients.set(organization, (client = new ApiClient(this.#url, account)));
    }
    return client;
  }

  /** Requests sent by all of them. */
  get calls(): number {
    return [...this.#clients.values()].reduce((sum, client) => sum + client.calls, 0);
  }
}
