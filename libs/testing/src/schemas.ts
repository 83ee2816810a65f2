/** The services that own a schema, with the folders of their migrations. */
export const SCHEMAS = ['identity', 'warehousing', 'auction', 'gateway'] as const;

export function migrationsOf(schema: (typeof SCHEMAS)[number]): URL {
  return new URL(`../../../services/${schema}/migrations/`, import.meta.url);
}

export const TEMPLATE = 'naru_template';
export const TEST_SECRET = 'secret of the test roles';
