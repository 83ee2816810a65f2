import { type DescField, type DescMessage, ScalarType, fromJson, toBinary, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import type { HTTPMethods } from 'fastify';
import { type HttpRule, type Rpc, registry } from '@naru/contracts/registry';
import type { FieldViolation } from '@naru/platform/rpc/status';
import { faultsOf, fieldsOf } from './faults.js';
import { refuseAtEdge } from './problem.js';

/** What of an HTTP request makes the message. */
export interface RequestParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** The parsed body; undefined for none. */
  readonly body: unknown;
}

/** One rpc as an HTTP route, worked out once from its contract. */
export interface Route {
  readonly rpc: Rpc;
  readonly http: HttpRule;
  readonly method: HTTPMethods;
  /** In the router's spelling. */
  readonly url: string;
  /** The message's bytes; throws EdgeRefused for what is no such message. */
  readonly encode: (parts: RequestParts) => Buffer;
}

const READ = { registry };

/** Fastify's spelling of a template: a variable is one segment without a colon, which begins the verb of a command. */
function routerUrl(template: string, variables: string[]): string {
  return template.replaceAll(':', '::').replace(/\{([^}]+)\}/g, (_, name: string) => `:p${variables.push(name) - 1}(^[^/:]+)`);
}

function queryValue(field: DescField, given: string | readonly string[], faults: FieldViolation[]): JsonValue | undefined {
  if (field.fieldKind === 'list') return typeof given === 'string' ? [given] : [...given];
  if (typeof given !== 'string') return void faults.push({ field: field.jsonName, code: 'twice', detail: 'is given more than once' });
  if (field.scalar !== ScalarType.BOOL) return given;
  return given === 'true' ? true : given === 'false' ? false : given;
}

/** Fields that a query may name: everything but messages, which our contracts put in bodies. */
function queryFields(input: DescMessage, taken: ReadonlySet<string>): ReadonlyMap<string, DescField> {
  return new Map([...fieldsOf(input)].filter(([, field]) => !field.message && !taken.has(field.name)));
}

function bytesOf(input: DescMessage, json: JsonObject): Buffer {
  let message;
  try {
    message = fromJson(input, json, READ);
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 200) : '';
    refuseAtEdge('INVALID_ARGUMENT', { errors: [{ field: '', code: 'json', detail }] });
  }
  const bytes = toBinary(input, message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws Error at the start when a contract asks for what the edge cannot do. */
export function routeOf(rpc: Rpc): Route {
  const http = rpc.http!;
  const { input } = rpc.method;
  const variables: string[] = [];
  const url = routerUrl(http.template, variables);
  const pathFields = variables.map((name) => {
    const field = input.fields.find((f) => f.name === name);
    if (!field || field.scalar !== ScalarType.STRING) throw new Error(`${rpc.path}: the path names ${name}, which is no string field at the top of ${input.name}`);
    return field;
  });
  if (http.body !== '' && http.body !== '*') throw new Error(`${rpc.path}: a body is * or none`);
  const inPath = new Set(variables);
  const forQuery = queryFields(input, inPath);
  const takesBody = http.body === '*';

  const encode = ({ params, query, body }: RequestParts): Buffer => {
    const faults: FieldViolation[] = [];
    let json: JsonObject = {};
    if (takesBody && body !== undefined) {
      if (typeof body !== 'object' || body === null || Array.isArray(body)) refuseAtEdge('INVALID_ARGUMENT', { errors: [{ field: '', code: 'type', detail: 'the body must be an object' }] });
      for (const field of pathFields) if (field.jsonName in body || field.name in body) faults.push({ field: field.jsonName, code: 'path', detail: 'stands in the path; leave it out of the body' });
      json = { ...body }; // not assigned to: a key named __proto__ must stay a key
    } else if (body !== undefined) faults.push({ field: '', code: 'body', detail: 'this call takes no body' });
    for (const [name, given] of Object.entries(query)) {
      const field = takesBody ? undefined : forQuery.get(name);
      if (!field) faults.push({ field: name.slice(0, 200), code: 'unknown', detail: 'there is no such query parameter' });
      else if (Object.hasOwn(json, field.jsonName)) faults.push({ field: field.jsonName, code: 'twice', detail: 'is given in both spellings' });
      else {
        const value = queryValue(field, given, faults);
        if (value !== undefined) json[field.jsonName] = value;
      }
    }
    pathFields.forEach((field, i) => (json[field.jsonName] = params[`p${i}`]!));
    if (faults.length === 0) faults.push(...faultsOf(input, json));
    if (faults.length > 0) refuseAtEdge('INVALID_ARGUMENT', { errors: faults });
    return bytesOf(input, json);
  };
  return { rpc, http, method: http.verb, url, encode };
}
