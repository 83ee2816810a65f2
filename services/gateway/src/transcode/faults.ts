import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { FieldViolation } from '@naru/platform/rpc/status';
import { isInstant } from './instant.js';

type Json = unknown;

const LONG = new Set([ScalarType.INT64, ScalarType.UINT64, ScalarType.FIXED64, ScalarType.SFIXED64, ScalarType.SINT64]);
const INTEGER_LIMITS: ReadonlyMap<ScalarType, readonly [bigint, bigint]> = new Map([
  [ScalarType.INT32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.SINT32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.SFIXED32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.UINT32, [0n, 2n ** 32n - 1n]],
  [ScalarType.FIXED32, [0n, 2n ** 32n - 1n]],
  [ScalarType.INT64, [-(2n ** 63n), 2n ** 63n - 1n]],
  [ScalarType.SINT64, [-(2n ** 63n), 2n ** 63n - 1n]],
  [ScalarType.SFIXED64, [-(2n ** 63n), 2n ** 63n - 1n]],
  [ScalarType.UINT64, [0n, 2n ** 64n - 1n]],
  [ScalarType.FIXED64, [0n, 2n ** 64n - 1n]],
]);
const MOST_FAULTS = 20;

function isObject(json: Json): json is Record<string, Json> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Field names of a message in both spellings. */
const fieldsByName = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();
export function fieldsOf(message: DescMessage): ReadonlyMap<string, DescField> {
  let fields = fieldsByName.get(message);
  if (!fields) fieldsByName.set(message, (fields = new Map(message.fields.flatMap((f) => [[f.jsonName, f] as const, [f.name, f] as const]))));
  return fields;
}

/**
 * Where JSON is no such message, stricter than protobuf's JSON mapping: null, numbers for enums, and numbers that
 * cannot hold 64 bits are refused too, because they would change silently. Paths by JSON names.
 */
export function faultsOf(message: DescMessage, json: Json, path = ''): FieldViolation[] {
  const faults: FieldViolation[] = [];
  walkMessage(message, json, path, faults);
  return faults;
}

function walkMessage(message: DescMessage, json: Json, path: string, faults: FieldViolation[]): void {
  if (faults.length >= MOST_FAULTS) return;
  if (!isObject(json)) return void faults.push({ field: path, code: 'type', detail: 'must be an object' });
  const fields = fieldsOf(message);
  const seen = new Set<DescField>();
  for (const [name, value] of Object.entries(json)) {
    const field = fields.get(name);
    const at = path ? `${path}.${field?.jsonName ?? name}` : (field?.jsonName ?? name);
    if (!field) faults.push({ field: at.slice(0, 200), code: 'unknown', detail: 'there is no such field' });
    else if (seen.has(field)) faults.push({ field: at, code: 'twice', detail: 'is given in both spellings' });
    else walkField(field, value, at, faults);
    if (field) seen.add(field);
    if (faults.length >= MOST_FAULTS) return;
  }
}

function walkField(field: DescField, value: Json, path: string, faults: FieldViolation[]): void {
  if (field.fieldKind === 'list') {
    if (!Array.isArray(value)) return void faults.push({ field: path, code: 'type', detail: 'must be an array' });
    value.forEach((item, i) => walkValue(field, item, `${path}[${i}]`, faults));
  } else if (field.fieldKind === 'map') faults.push({ field: path, code: 'type', detail: 'maps are not taken' });
  else walkValue(field, value, path, faults);
}

function walkValue(field: DescField, value: Json, path: string, faults: FieldViolation[]): void {
  if (faults.length >= MOST_FAULTS) return;
  if (value === null) return void faults.push({ field: path, code: 'type', detail: 'must not be null; leave the field out' });
  if (field.message) return walkInner(field.message, value, path, faults);
  const fault = field.enum ? enumFault(field.enum, value) : scalarFault(field.scalar, value);
  if (fault) faults.push({ field: path, ...fault });
}

function walkInner(message: DescMessage, value: Json, path: string, faults: FieldViolation[]): void {
  if (message.typeName !== 'google.protobuf.Timestamp') return walkMessage(message, value, path, faults);
  if (typeof value !== 'string' || !isInstant(value)) faults.push({ field: path, code: 'timestamp', detail: 'must be an RFC 3339 instant, such as 2022-06-23T05:30:00+09:00' });
}

function enumFault(type: DescEnum, value: Json): Omit<FieldViolation, 'field'> | undefined {
  return typeof value === 'string' && type.values.some((v) => v.name === value) ? undefined : { code: 'enum', detail: `must be one of ${type.values.map((v) => v.name).join(', ')}` };
}

function scalarFault(type: ScalarType, value: Json): Omit<FieldViolation, 'field'> | undefined {
  if (type === ScalarType.STRING) return typeof value !== 'string' ? { code: 'type', detail: 'must be a string' } : value.isWellFormed() ? undefined : { code: 'unicode', detail: 'must be well-formed Unicode' };
  if (type === ScalarType.BOOL) return typeof value === 'boolean' ? undefined : { code: 'type', detail: 'must be true or false' };
  const limits = INTEGER_LIMITS.get(type);
  if (!limits) return { code: 'type', detail: 'is not taken' }; // bytes and floating point do not occur in our contracts
  return integerFault(type, value, limits);
}

function integerFault(type: ScalarType, value: Json, [least, most]: readonly [bigint, bigint]): Omit<FieldViolation, 'field'> | undefined {
  const isInteger = typeof value === 'string' ? LONG.has(type) && /^-?\d{1,19}$/.test(value) : Number.isInteger(value);
  if (!isInteger) return { code: 'type', detail: LONG.has(type) ? 'must be an integer in a string' : 'must be an integer' };
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return { code: 'unsafe', detail: 'is too large for a JSON number; give it as a string' };
  const integer = BigInt(value as string | number);
  return integer < least || integer > most ? { code: 'range', detail: `must lie between ${least} and ${most}` } : undefined;
}
