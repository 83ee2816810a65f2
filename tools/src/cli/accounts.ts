import { readAccounts, type AccountsFile, type OrganizationAccount, type UserAccount } from '../scenarios/driver/accounts.js';
import { OPERATOR_CLIENT, accountsFile } from '../launcher/accounts.js';
import { type Home, type LastRun } from '../launcher/home.js';
import { COLUMNS } from '../text/plain-table.js';
import { cut, padEnd } from '../text/width.js';

/** Who can call the system of this clone, or sign in to it. */
export interface AccountList {
  /** Where it runs, or ran last. */
  readonly url: string;
  readonly database: string;
  readonly organizations: readonly (OrganizationAccount & { readonly key: string })[];
  readonly users: readonly (UserAccount & { readonly login: string })[];
}

/** The accounts of the last run's database; Naru's own operator comes first. */
export function accountsOf(home: Home, run: LastRun): AccountList {
  return accountList(readAccounts(accountsFile(home, run.database)), run, home.secrets.operator);
}

export function accountList({ organizations, users }: AccountsFile, { url, database }: Pick<LastRun, 'url' | 'database'>, operatorSecret: string): AccountList {
  const byKey = Object.entries(organizations).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    url,
    database,
    organizations: [
      { key: 'operator', name: 'Naru', roles: ['platform-operator'], clientId: OPERATOR_CLIENT, clientSecret: operatorSecret },
      ...byKey.map(([key, account]) => ({ key, ...account })),
    ],
    users: Object.entries(users).map(([login, user]) => ({ login, ...user })),
  };
}

/** Two lines for each: who, and with what to call. */
export function accountsText({ url, organizations, users }: AccountList): string {
  const keys = Math.max(...organizations.map(({ key }) => key.length));
  const roles = Math.max(...organizations.map((account) => account.roles.join(', ').length));
  const names = COLUMNS - keys - roles - 4;
  const clients = organizations.flatMap(({ key, name, roles: own, clientId, clientSecret }) => [
    `${key.padEnd(keys)}  ${padEnd(own.join(', '), roles)}  ${cut(name, names)}`,
    `${' '.repeat(keys)}  ${clientId} ${clientSecret}`,
  ]);
  const people = users.map(({ login, password, name, roles: own, organization }) => `${login}  password ${password}  (${name}, ${own.join(', ')} of ${organization})`);
  return [
    `Clients by key, each with id and secret: client credentials at ${url}/oidc/token`,
    '',
    ...clients,
    ...(people.length > 0 ? ['', 'People, who sign in at the page:', ...people] : []),
  ].join('\n');
}

/** Names of a shell's variables, with the role that each is played by and which of those that hold it. */
const PARTS: readonly (readonly [name: string, role: string, nth: number])[] = [
  ['MARKET', 'market-operator', 0], ['CENTRE', 'centre-operator', 0], ['CARRIER', 'carrier', 0], ['FARM', 'consignor', 0], ['BIDDER', 'bidder', 0], ['RIVAL', 'bidder', 1],
  ['OPERATOR', 'platform-operator', 0],
];

/** Lines for a POSIX shell: `eval "$(naru accounts --shell)"`. */
export function accountsShell({ url, organizations }: AccountList): string {
  const lines = PARTS.flatMap(([name, role, nth]) => {
    const account = organizations.filter(({ roles }) => roles.includes(role))[nth];
    return account ? [`export ${name}_ID=${quoted(account.clientId)} ${name}_SECRET=${quoted(account.clientSecret)}`] : [];
  });
  return [`export NARU=${quoted(url)}`, ...lines].join('\n');
}

function quoted(value: string): string {
  return /^[\w.:/-]+$/.test(value) ? value : `'${value.replaceAll(`'`, `'\\''`)}'`;
}
