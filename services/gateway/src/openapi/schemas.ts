import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { registry } from '@naru/contracts/registry';
import { commentOf } from './comments.js';
import { type Ruled, messageRulesOf, rulesOf } from './rules.js';
import { type Schema, described } from './schema.js';

/** Requests carry the rules of their fields. Answers say what is always there: everything without presence is written out. */
export type Direction = 'request' | 'response';

/** The schemas of one document; a type is added when it is first referred to. */
export interface Schemas {
  /** A reference to a message's schema. */
  readonly message: (message: DescMessage, direction: Direction) => Schema;
  /** The schema of one field. */
  readonly field: (field: DescField, direction: Direction) => Schema;
  /** The schema of a message's fields but `without`, to stand under the message's name; its required fields in `required`. */
  readonly body: (message: DescMessage, without: ReadonlySet<string>) => { readonly ref: Schema; readonly required: readonly string[] } | undefined;
  readonly components: () => Readonly<Record<string, Schema>>;
}

/** Fields that every list has, and that no contract needs to explain. */
const OF_LISTS: Readonly<Record<string, string>> = {
  page_size: 'Items of a page; 50 when it is left out.',
  page_token: '`nextPageToken` of the page before; the other parameters must stay as they were.',
  next_page_token: '`pageToken` of the next page; empty on the last.',
};

const LONG: Schema = { type: 'string', format: 'int64', pattern: '^-?[0-9]{1,19}$' };
const UNSIGNED_LONG: Schema = { type: 'string', format: 'uint64', pattern: '^[0-9]{1,20}$' };
const INTEGER: Schema = { type: 'integer', format: 'int32' };
const UNSIGNED: Schema = { type: 'integer', minimum: 0, maximum: 4294967295 };
const SCALARS: Readonly<Record<ScalarType, Schema>> = {
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.INT32]: INTEGER,
  [ScalarType.SINT32]: INTEGER,
  [ScalarType.SFIXED32]: INTEGER,
  [ScalarType.UINT32]: UNSIGNED,
  [ScalarType.FIXED32]: UNSIGNED,
  [ScalarType.INT64]: LONG,
  [ScalarType.SINT64]: LONG,
  [ScalarType.SFIXED64]: LONG,
  [ScalarType.UINT64]: UNSIGNED_LONG,
  [ScalarType.FIXED64]: UNSIGNED_LONG,
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.DOUBLE]: { type: 'number', format: 'double' },
  [ScalarType.FLOAT]: { type: 'number', format: 'float' },
};
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
};

const owners = Map.groupBy(
  [...registry].filter((type) => (type.kind === 'message' || type.kind === 'enum') && type.typeName.startsWith('naru.')),
  (type) => type.name,
);

/** `Lot`, or `AuctionLot` where another service has a type of that name too. */
function nameOf(type: DescMessage | DescEnum): string {
  if (owners.get(type.name)!.length === 1) return type.name;
  const service = type.typeName.split('.')[1]!;
  return `${service[0]!.toUpperCase()}${service.slice(1)}${type.name}`;
}

function reach(message: DescMessage, into: Set<DescMessage>): void {
  if (into.has(message)) return;
  into.add(message);
  for (const field of message.fields) if (field.message) reach(field.message, into);
}

function isAlwaysWritten(field: DescField): boolean {
  return field.fieldKind === 'list' || field.fieldKind === 'map' || field.presence === FeatureSet_FieldPresence.IMPLICIT;
}

function isRequired(field: DescField, rules: Ruled): boolean {
  return rules.refusesZero && (isAlwaysWritten(field) || field.message !== undefined);
}

/** Begins the schemas of a document whose answers are `answers`: what stands in both directions needs two names. */
export function schemasFor(answers: readonly DescMessage[]): Schemas {
  const answered = new Set<DescMessage>();
  for (const message of answers) reach(message, answered);
  const components = new Map<string, Schema>();

  const add = (name: string, make: () => Schema): Schema => {
    if (!components.has(name)) {
      components.set(name, {}); // a message may hold itself
      components.set(name, make());
    }
    return { $ref: `#/components/schemas/${name}` };
  };

  const enumSchema = (type: DescEnum, excluded: ReadonlySet<number>): Schema => {
    const values = type.values.filter((value) => !excluded.has(value.number));
    const comments = values.flatMap((value) => (commentOf(value) ? [`\`${value.name}\`: ${commentOf(value)}`] : []));
    return { type: 'string', enum: values.map((value) => value.name), ...described(commentOf(type), ...comments) };
  };

  const value = (field: DescField, rules: Ruled, direction: Direction): Schema => {
    if (field.message) return message(field.message, direction);
    if (field.enum) {
      const type = field.enum;
      return rules.excluded.size > 0 ? enumSchema(type, rules.excluded) : add(nameOf(type), () => enumSchema(type, new Set()));
    }
    return { ...SCALARS[field.scalar], ...rules.keywords };
  };

  const NONE: Ruled = { keywords: {}, sentences: [], refusesZero: false, excluded: new Set(), items: undefined };
  const field = (of: DescField, direction: Direction): Schema => {
    const rules = direction === 'request' ? rulesOf(of) : NONE;
    const schema: Schema =
      of.fieldKind === 'list'
        ? { type: 'array', items: withSentences(value(of, rules.items ?? NONE, direction), rules.items?.sentences ?? []), ...rules.keywords }
        : of.fieldKind === 'map'
          ? { type: 'object', additionalProperties: value(of, NONE, direction) }
          : value(of, rules, direction);
    return withSentences(schema, [commentOf(of) || (OF_LISTS[of.name] ?? ''), ...rules.sentences]);
  };

  const object = (of: DescMessage, direction: Direction, without: ReadonlySet<string>): Schema => {
    const fields = of.fields.filter((f) => !without.has(f.name));
    const required = fields.filter((f) => (direction === 'request' ? isRequired(f, rulesOf(f)) : isAlwaysWritten(f))).map((f) => f.jsonName);
    return {
      type: 'object',
      ...described(commentOf(of), ...(direction === 'request' ? messageRulesOf(of) : [])),
      properties: Object.fromEntries(fields.map((f) => [f.jsonName, field(f, direction)])),
      ...(required.length > 0 ? { required } : {}),
      ...(direction === 'request' ? { additionalProperties: false } : {}), // answers may gain fields within v1
    };
  };

  const message = (of: DescMessage, direction: Direction): Schema => {
    const known = WELL_KNOWN[of.typeName];
    if (known) return known;
    const name = direction === 'request' && answered.has(of) ? `${nameOf(of)}Input` : nameOf(of);
    return add(name, () => object(of, direction, new Set()));
  };

  return {
    message,
    field,
    body: (of, without) => {
      if (of.fields.every((f) => without.has(f.name))) return undefined;
      const ref = add(nameOf(of), () => object(of, 'request', without));
      return { ref, required: components.get(nameOf(of))!.required ?? [] };
    },
    components: () => Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Puts sentences before what a schema says of itself. */
function withSentences(schema: Schema, sentences: readonly string[]): Schema {
  return { ...schema, ...described(...sentences, schema.description ?? '') };
}
