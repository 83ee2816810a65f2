import { readFile } from 'node:fs/promises';

/** The embedded bus's schema; an administrator applies it once the roles are there, and again when a service is added. */
export const busSchema = new URL('../../bus/schema.sql', import.meta.url);
/** Tables of the shell in each service's schema; to be applied before the service's own. */
export const platformMigrations = new URL('../../migrations/', import.meta.url);

export async function readBusSchema(): Promise<string> {
  return readFile(busSchema, 'utf8');
}
