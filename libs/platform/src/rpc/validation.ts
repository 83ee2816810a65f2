import { type DescField, type DescMessage, type MessageShape, ScalarType, fromBinary } from '@bufbuild/protobuf';
import { type ReflectMessage, isReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { createValidator } from '@bufbuild/protovalidate';
import { registry } from '@naru/contracts/registry';
import { type FieldViolation, Malformed } from './status.js';

const patterns = new Map<string, RegExp>();

/** By the regular expressions of the language: the patterns are those of our contracts, so none is made to be slow. */
function regexMatch(pattern: string, against: string): boolean {
  let expression = patterns.get(pattern);
  if (!expression) patterns.set(pattern, (expression = new RegExp(pattern, 'u')));
  return expression.test(against);
}

const validator = createValidator({ registry, regexMatch });

interface PathSegment {
  readonly kind?: string;
  readonly localName?: string;
  readonly jsonName?: string;
  readonly index?: number;
  readonly key?: unknown;
}

function pathOf(segments: readonly PathSegment[]): string {
  let path = '';
  for (const segment of segments) {
    if (segment.kind === 'list_sub') path += `[${segment.index}]`;
    else if (segment.kind === 'map_sub') path += `[${JSON.stringify(segment.key)}]`;
    else path += `${path ? '.' : ''}${segment.jsonName ?? segment.localName ?? ''}`;
  }
  return path;
}

/** Where a string holds U+0000, which PostgreSQL cannot store in text. */
function nulFaults(message: ReflectMessage, path: string): FieldViolation[] {
  const at = (field: DescField): string => `${path}${path ? '.' : ''}${field.jsonName}`;
  const inValue = (value: unknown, where: string): FieldViolation[] => {
    if (typeof value === 'string') return value.includes('\0') ? [{ field: where, code: 'string.nul', detail: 'must not contain U+0000' }] : [];
    return isReflectMessage(value) ? nulFaults(value, where) : [];
  };
  return message.fields.flatMap((field) => {
    if (!message.isSet(field)) return [];
    if (field.fieldKind === 'list') return [...message.get(field)].flatMap((value, i) => inValue(value, `${at(field)}[${i}]`));
    return field.fieldKind === 'message' || (field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING) ? inValue(message.get(field), at(field)) : [];
  });
}

/**
 * Checks the bytes of a message against the rules of its contract (buf.validate).
 * @throws Malformed with every fault, or for bytes that are no such message.
 */
export function validateBytes(descriptor: DescMessage, bytes: Uint8Array): void {
  let message: MessageShape<DescMessage>;
  try {
    message = fromBinary(descriptor, bytes, { readUnknownFields: false });
  } catch {
    throw new Malformed([{ field: '', code: 'wire', detail: `not a ${descriptor.name}` }]);
  }
  if (bytes.includes(0)) {
    const faults = nulFaults(reflect(descriptor, message), '');
    if (faults.length > 0) throw new Malformed(faults);
  }
  const result = validator.validate(descriptor, message);
  if (result.kind === 'valid') return;
  if (result.kind === 'error') throw result.error;
  throw new Malformed(result.violations.map((v): FieldViolation => ({ field: pathOf(v.field as readonly PathSegment[]), code: v.ruleId, detail: v.message })));
}
