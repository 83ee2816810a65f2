import { migrate } from '@naru/platform/migrations';
import { provisionDatabase, provisionRoles } from '@naru/platform/provision';
import { PLATFORM_MIGRATIONS } from '@naru/platform/service';
import { Fault } from '../launcher/faults.js';
import { SCHEMAS, SERVICES } from '../launcher/system.js';

/**
 * Makes roles, schemas and tables of every service in a PostgreSQL that runs already, and ends: a job before the services start.
 * `ADMIN_URL` is a superuser's URL of the server, `DATABASE` the name (naru), and `<SERVICE>_PASSWORD`, `READER_PASSWORD` and
 * `MIGRATOR_PASSWORD` what the roles log in with. What exists stays; passwords are set anew.
 */
export async function provision(environment: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> {
  const needed = (name: string): string => {
    const value = environment[name];
    if (!value) throw new Fault(`${name} is not set`);
    return value;
  };
  const adminUrl = needed('ADMIN_URL');
  if (!URL.canParse(adminUrl)) throw new Fault('ADMIN_URL is no URL');
  const database = environment['DATABASE'] ?? 'naru';
  const passwords = new Map([
    ...SCHEMAS.map((schema) => [`${schema}_app`, needed(`${schema.toUpperCase()}_PASSWORD`)] as const),
    ['naru_reader', needed('READER_PASSWORD')],
    ['naru_migrator', needed('MIGRATOR_PASSWORD')],
  ]);
  await provisionRoles({ adminUrl, schemas: SCHEMAS, secret: '', passwords });
  await provisionDatabase({ adminUrl, database, schemas: SCHEMAS, secret: '' });
  const inside = new URL(adminUrl);
  inside.pathname = `/${database}`;
  for (const { name, migrations } of SERVICES) await migrate({ url: inside.href, schema: name, folders: [PLATFORM_MIGRATIONS, migrations] });
  return SCHEMAS;
}
