import { readdir, readFile } from 'node:fs/promises';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Applies the numbered, forward-only SQL files (`0001_lots.sql`, …) of `folders` to `schema`, as the role `<schema>_owner`.
 * One runner at a time: an advisory lock.
 */
export async function migrate(options: { url: string; schema: string; folders: readonly URL[] }): Promise<void> {
  const migrations = (await Promise.all(options.folders.map(filesOf))).flat();
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    migrationsTableName: 'migrations',
    migrations: migrations.map(toMigration),
    poolErrorHandler: () => {},
    extra: { max: 2, options: `-c role=${options.schema}_owner -c search_path=${options.schema},public -c lock_timeout=5s` },
  });
  await source.initialize();
  try {
    await source.query('select pg_advisory_lock(hashtext($1))', [`migrate:${options.schema}`]);
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}

interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

async function filesOf(folder: URL): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(new URL(name, folder), 'utf8') })));
}

/** TypeORM orders migrations by a 13-digit number at the end of their name. */
function toMigration({ name, sql }: MigrationFile): new () => MigrationInterface {
  const [, number, words] = /^(\d{4})_(\w+)\.sql$/.exec(name)!;
  return class implements MigrationInterface {
    name = `${words}${number!.padStart(13, '0')}`;
    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }
    async down(): Promise<void> {
      throw new Error('migrations go forward only');
    }
  };
}
