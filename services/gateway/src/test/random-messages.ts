import { type DescField, type DescMessage, type JsonObject, type JsonValue, ScalarType } from '@bufbuild/protobuf';

/** A seeded source of choices. */
export interface Chance {
  /** True in `share` of all cases. */
  happens(share: number): boolean;
  /** An integer in [0, below). */
  below(limit: number): number;
  oneOf<T>(values: readonly T[]): T;
}

export function chanceOf(random: () => number): Chance {
  const below = (limit: number): number => Math.floor(random() * limit);
  return { happens: (share) => random() < share, below, oneOf: (values) => values[below(values.length)]! };
}

const HEX = '0123456789abcdef';
export function uuid(chance: Chance): string {
  return 'xxxxxxxx-xxxx-7xxx-bxxx-xxxxxxxxxxxx'.replace(/x/g, () => HEX[chance.below(16)]!);
}

const TEXTS = ['', 'a', '한글', 'KRW', '2022-06-23', 'Asia/Seoul', 'line\nbreak', '"quoted"', '\u2028', '🍎', 'x'.repeat(300)];
const INSTANTS = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '1970-01-01T00:00:00Z', '2022-06-23T05:30:00.123456789Z'];
const LONGS = ['0', '-1', '12000', '9007199254740993', '9223372036854775807', '-9223372036854775808'];
const INTS = [0, 1, -1, 2147483647, -2147483648];
const DEPTH = 6;

function scalar(type: ScalarType, chance: Chance): JsonValue {
  switch (type) {
    case ScalarType.STRING:
      return chance.happens(0.3) ? uuid(chance) : chance.oneOf(TEXTS);
    case ScalarType.BYTES:
      return Buffer.from(chance.oneOf(TEXTS)).toString('base64');
    case ScalarType.BOOL:
      return chance.happens(0.5);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return chance.oneOf(LONGS);
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return chance.oneOf(INTS);
    default:
      return Math.abs(chance.oneOf(INTS));
  }
}

function single(field: DescField, chance: Chance, depth: number): JsonValue {
  if (field.enum) return chance.oneOf(field.enum.values).name;
  if (!field.message) return scalar(field.scalar, chance);
  if (field.message.typeName === 'google.protobuf.Timestamp') return chance.oneOf(INSTANTS);
  if (field.message.typeName === 'google.protobuf.Struct') return { text: chance.oneOf(TEXTS), list: [1, null, { deep: true }] };
  if (field.message.typeName === 'google.protobuf.Any') return {};
  return randomMessage(field.message, chance, depth + 1);
}

/** Any message of a type, as JSON: nothing of it is likely, all of it is allowed by its descriptor. Its rules are not kept; of the outermost no field is left out. */
export function randomMessage(message: DescMessage, chance: Chance, depth = 0): JsonObject {
  const json: JsonObject = {};
  for (const field of message.fields) {
    if (depth > DEPTH || (depth > 0 && chance.happens(0.2))) continue;
    json[field.jsonName] = field.fieldKind === 'list' ? Array.from({ length: chance.below(4) }, () => single(field, chance, depth)) : single(field, chance, depth);
  }
  return json;
}
