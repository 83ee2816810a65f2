import { join } from 'node:path';
import type { Home } from './home.js';

/** The client of Naru's own operator; identity makes it at its first start. */
export const OPERATOR_CLIENT = 'naru-operator';

/** The file that keeps the accounts of the day in `database`. */
export function accountsFile(home: Pick<Home, 'folder'>, database: string): string {
  return join(home.folder, `${database}.json`);
}
