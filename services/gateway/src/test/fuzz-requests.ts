import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { Rpc } from '@naru/contracts/registry';
import { type Schema, type Source, likelyValue } from './likely-values.js';
import { type Chance, randomMessage, uuid } from './random-messages.js';

/** An rpc with what the document says that it takes. */
export interface FuzzTarget {
  readonly rpc: Rpc;
  /** Of the body, or of the parameters in the query. */
  readonly schema: Schema;
}

/** A call as it goes over the wire. */
export interface FuzzCall {
  readonly rpc: Rpc;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
}

type Json = Record<string, unknown>;

/** Stands for a literal that JSON.stringify would not write. */
const literal = (text: string): string => `\u0001${text}\u0001`;
const written = (json: unknown): string => JSON.stringify(json).replace(/"\\u0001(.*?)\\u0001"/g, '$1');

const nested = (depth: number): string => literal(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const ODD_VALUES: readonly unknown[] = [
  null,
  [],
  [[]],
  {},
  { a: { b: { c: [] } } },
  true,
  0,
  -1,
  99,
  1.5,
  '',
  ' ',
  'LOT_PHASE_NONE',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
  '1e3',
  '0x10',
  '007',
  '\ud800',
  '\u0000',
  '../../etc/passwd',
  "' or 1=1 --",
  'x'.repeat(100_000),
  '2022-02-30T00:00:00Z',
  '9999-12-31T23:59:59-01:00',
  '2022-06-23',
  literal('9007199254740993'),
  literal('1e308'),
  literal('-0'),
  literal('1e400'),
  nested(50),
  nested(20_000),
  literal('{"__proto__":{"x":1}}'),
];
const ODD_HEADERS: readonly string[] = ['caf\xe9', '\xff\xfe', 'x'.repeat(7000), '', ' ', '"', 'ko;q=9,en;q=a', '00-zz-zz-00', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`, 'W/"1"', ';,;', 'gzip'];
const HEADER_NAMES = ['accept-language', 'if-match', 'traceparent', 'tracestate', 'idempotency-key', 'authorization', 'content-type', 'accept', 'naru-caller-bin', 'last-event-id', 'x-forwarded-for', 'origin'];
const ODD_SEGMENTS = ['x', '%00', '%2F', '%2e%2e', '%F0%9F%8D%8E', '%ff', '%zz', 'a%3Ab', 'A'.repeat(500), 'A'.repeat(2000), ' '.replace(' ', '%20'), 'null', '00000000-0000-0000-0000-000000000000'];
const ODD_QUERIES = ['colour=red', 'pageSize=', 'pageSize=-1', 'pageSize=1.5', 'pageSize=501', 'pageSize=99999999999', 'pageSize=1&pageSize=2', 'page_size=1&pageSize=1', 'pageToken=AAAA', 'pageToken=%ff', 'phase=3', 'phase=NONE', '__proto__=x', 'a[b]=c', 'a.b=c', '%zz=%zz', '=', '&&', `pageToken=${'x'.repeat(5000)}`];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'];
const ODD_BODIES: readonly (string | Buffer)[] = ['', '[]', 'null', '"x"', '1', '{', '{"a":1,}', '\ufeff{}', '{}{}', 'a=b', Buffer.from([0xff, 0xfe, 0x7b]), Buffer.from('{"name":"\xff"}', 'latin1'), '{"":1}', '{"name":"a","name":"b"}'];
const BIG_SHARE = 0.01;
const BIG_BODY = Buffer.alloc(10 * 1024 * 1024, 'x');

/** Puts an odd value, an odd name or a gap somewhere into a message. */
function disturb(json: Json, message: DescMessage, chance: Chance): void {
  const field: DescField | undefined = message.fields.length > 0 ? chance.oneOf(message.fields) : undefined;
  const value = field ? json[field.jsonName] : undefined;
  const inner: unknown = Array.isArray(value) ? value[0] : value;
  if (field?.message && typeof inner === 'object' && inner !== null && field.message.fields.length > 0 && !field.message.typeName.startsWith('google.') && chance.happens(0.6)) return disturb(inner as Json, field.message, chance);
  const way = chance.below(10);
  if (!field || way === 0) json[chance.oneOf(['colour', 'constructor', '', 'ъ'])] = chance.oneOf(ODD_VALUES);
  else if (way === 1) Reflect.deleteProperty(json, field.jsonName);
  else if (way === 2) json[field.name] = json[field.jsonName] ?? 'x';
  else json[field.jsonName] = chance.oneOf(ODD_VALUES);
}

function queryOf(json: Json): string[] {
  return Object.entries(json).flatMap(([name, value]) => (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value).replaceAll('\u0001', '').toWellFormed())}`]));
}

/** One call: half of them keep their schema, the others are wrong in one to three ways, and some hold anything at all. */
export function fuzzCall({ rpc, schema }: FuzzTarget, token: string, key: string, source: Source): FuzzCall {
  const { chance, known } = source;
  const http = rpc.http!;
  const { input } = rpc.method;
  const json: Json = chance.happens(0.9) ? (likelyValue(schema, source) as Json) : randomMessage(input, chance);
  const inPath = [...http.template.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  for (const field of input.fields) if (inPath.includes(field.name) || field.name === 'page_token') Reflect.deleteProperty(json, field.jsonName);
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key };
  let { verb: method }: { verb: string } = http;
  let path = http.template.replace(/\{(\w+)\}/g, (_, name: string) => known.idOf(input.fields.find((field) => field.name === name)!.jsonName, chance));
  let body: string | Buffer | undefined = chance.happens(BIG_SHARE) ? BIG_BODY : undefined;
  const query: string[] = [];

  for (let wrongs = chance.happens(0.5) ? 0 : 1 + chance.below(3); wrongs > 0; wrongs--) {
    const way = chance.below(20);
    if (way === 0) headers[chance.oneOf(HEADER_NAMES)] = chance.oneOf(ODD_HEADERS);
    else if (way === 1) Reflect.deleteProperty(headers, chance.oneOf(['authorization', 'idempotency-key', 'content-type']));
    else if (way === 2) path = http.template.replace(/\{\w+\}/g, () => chance.oneOf(ODD_SEGMENTS));
    else if (way === 3) path += chance.oneOf(['/', ':', ':foo', '/x', '//', '#', '%3Alist']);
    else if (way === 4) query.push(chance.oneOf(ODD_QUERIES));
    else if (way === 5) method = chance.oneOf(METHODS);
    else if (way === 6) body = chance.oneOf(ODD_BODIES);
    else if (way === 7 && inPath.length > 0) json[inPath[0]!] = uuid(chance);
    else disturb(json, input, chance);
  }
  if (http.body === '*') body ??= written(json);
  else query.push(...queryOf(json));
  const target = query.length > 0 ? `${path}?${query.join('&')}` : path;
  return { rpc, method, path: target, headers, body: method === 'GET' || method === 'HEAD' ? undefined : body };
}
