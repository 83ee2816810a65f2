import { type DescMessage, fromBinary } from '@bufbuild/protobuf';
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

/**
 * Checks the bytes of a message against the rules of its contract (buf.validate).
 * @throws Malformed with every fault, or for bytes that are no such message.
 */
export function validateBytes(descriptor: DescMessage, bytes: Uint8Array): void {
  let message;
  try {
    message = fromBinary(descriptor, bytes, { readUnknownFields: false });
  } catch {
    throw new Malformed([{ field: '', code: 'wire', detail: `not a ${descriptor.name}` }]);
  }
  const result = validator.validate(descriptor, message);
  if (result.kind === 'valid') return;
  if (result.kind === 'error') throw result.error;
  throw new Malformed(result.violations.map((v): FieldViolation => ({ field: pathOf(v.field as readonly PathSegment[]), code: v.ruleId, detail: v.message })));
}
