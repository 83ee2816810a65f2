import { type Chance, uuid } from './random-messages.js';

/** What our document says of a value. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** What values are made from. */
export interface Source {
  readonly chance: Chance;
  readonly known: KnownIds;
  readonly schemas: Schemas;
}

/** Where `#/components/schemas/…` is looked up. */
export type Schemas = Readonly<Record<string, Schema>>;

/** Ids that answers held, by the name of their field: commands that name what is there get further than those that do not. */
export interface KnownIds {
  /** Notes every id in an answer. */
  learn(json: unknown): void;
  /** An id for the field `name`, now and then one that exists. */
  idOf(name: string, chance: Chance): string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MOST_KNOWN = 20;

export function knownIds(): KnownIds {
  const known = new Map<string, string[]>();
  const learn = (json: unknown, name = ''): void => {
    if (typeof json === 'string' && name.endsWith('Id') && UUID.test(json)) known.set(name, [json, ...(known.get(name) ?? [])].slice(0, MOST_KNOWN));
    else if (Array.isArray(json)) json.forEach((item) => learn(item, name));
    else if (typeof json === 'object' && json !== null) for (const [inner, value] of Object.entries(json)) learn(value, inner);
  };
  return {
    learn,
    idOf(name, chance) {
      const ids = known.get(name);
      return ids && chance.happens(0.7) ? chance.oneOf(ids) : uuid(chance);
    },
  };
}

const MORE_ITEMS = 3;
const TEXTS = ['KRW', 'INR', '2022-06-23', 'NARU-FZ', 'FZ-1', 'fuzz.user', 'Asia/Seoul', 'Europe/Paris', 'tests/rows.csv', '8801234567893', '배추', '🍎', 'line\nbreak', 'x'.repeat(36)];

function text(schema: Schema, name: string, { chance, known }: Source): string {
  if (schema.format === 'uuid') return known.idOf(name, chance);
  if (schema.format === 'date-time') return chance.oneOf(['2022-06-23T05:30:00+09:00', '2030-01-01T00:00:00Z', '2026-12-31T23:59:59.123456789Z']);
  if (schema.format === 'int64') return chance.oneOf(['1000', '2000', '5000', '12000', '86400000', '3600000']);
  const pattern = new RegExp(schema.pattern ?? '', 'u');
  const fitting = TEXTS.filter((one) => pattern.test(one) && one.length >= (schema.minLength ?? 0) && one.length <= (schema.maxLength ?? Infinity));
  if (fitting.length === 0) return '';
  const found = chance.oneOf(fitting);
  const unique = `${found}-${chance.below(1_000_000)}`; // codes are to be new, mostly
  return schema.pattern && pattern.test(unique) ? unique : found;
}

function list(schema: Schema, name: string, source: Source): unknown[] {
  const least = schema.minItems ?? 0;
  const items = Array.from({ length: least + source.chance.below(MORE_ITEMS) }, () => likelyValue(schema.items ?? {}, source, name));
  const distinct = [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
  return distinct.slice(0, schema.maxItems ?? distinct.length);
}

/** A value for the field `name` that keeps the schema, and may make sense. */
export function likelyValue(schema: Schema, source: Source, name = ''): unknown {
  const { chance, schemas } = source;
  if (schema.$ref) return likelyValue(schemas[schema.$ref.split('/').at(-1)!]!, source, name);
  if (schema.enum) return chance.oneOf(schema.enum);
  switch (schema.type) {
    case 'string':
      return text(schema, name, source);
    case 'boolean':
      return chance.happens(0.5);
    case 'integer':
    case 'number': {
      const least = Math.max(schema.minimum ?? 0, schema.exclusiveMinimum === undefined ? 0 : schema.exclusiveMinimum + 1);
      return least + chance.below(Math.min(1000, (schema.maximum ?? Infinity) - least + 1));
    }
    case 'array':
      return list(schema, name, source);
    default: {
      const given = Object.entries(schema.properties ?? {}).filter(([inner]) => schema.required?.includes(inner) || chance.happens(0.8));
      return Object.fromEntries(given.map(([inner, of]) => [inner, likelyValue(of, source, inner)]));
    }
  }
}
