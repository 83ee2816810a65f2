import type { DescField } from '@bufbuild/protobuf';
import type { Access, HttpRule, Rpc } from '@naru/contracts/registry';
import { answersFile } from '../transcode/file-answer.js';
import { commentOf, firstSentenceOf } from './comments.js';
import { refusalsOf } from './problems.js';
import type { Schema } from './schema.js';
import type { Schemas } from './schemas.js';

/** One operation of a path, ready for the document. */
export interface Operation {
  /** `/v1/lots/{lotId}:list` */
  readonly path: string;
  /** `post` */
  readonly verb: string;
  readonly operation: Readonly<Record<string, unknown>>;
}

export const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'Names this command: the same key with the same body gets the first answer again, and nothing is done twice. 1 to 64 printable characters.',
  schema: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[!-~]{1,64}$' },
} as const;

export const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Resumes after the event with this `id`; goes before `after`.',
  schema: { type: 'string', maxLength: 400 },
} as const;

function fieldOf(rpc: Rpc, name: string): DescField {
  const field = rpc.method.input.fields.find((f) => f.name === name);
  if (!field) throw new Error(`${rpc.path}: the path names ${name}, which is no field of ${rpc.method.input.name}`);
  return field;
}

function whoMay({ scope, permission, resource }: Access): string {
  const noun = resource === '' ? 'resource' : resource;
  switch (scope) {
    case 'PUBLIC':
      return 'Anybody may call it, without a token.';
    case 'PARTICIPANT':
      return `Needs the permission \`${permission}\`.`;
    case 'PARTY':
      return `Needs the permission \`${permission}\`, for a party of the ${noun}; for anybody else it is unknown.`;
    case 'OPERATOR':
      return `Needs the permission \`${permission}\`, for the operator of the ${noun}; for anybody else it is unknown.`;
    case 'SYSTEM':
      return `Needs the permission \`${permission}\`, which the operator of the platform alone has.`;
  }
}

/** `ListLots` → `List lots`: for a method without a comment. */
function wordsOf(method: string): string {
  const words = method.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}

/** A parameter carries its description itself; its schema the rest. */
function parameter(place: 'path' | 'query', field: DescField, required: boolean, schemas: Schemas): Readonly<Record<string, unknown>> {
  const { description, ...schema } = schemas.field(field, 'request');
  return { name: field.jsonName, in: place, required, ...(description === undefined ? {} : { description }), schema };
}

function parametersOf(rpc: Rpc, http: HttpRule, inPath: ReadonlySet<string>, schemas: Schemas): readonly unknown[] {
  // messages are for bodies: a query names single values and lists of them
  const inQuery = http.body === '' ? rpc.method.input.fields.filter((field) => !inPath.has(field.name) && !field.message) : [];
  return [
    ...[...inPath].map((name) => parameter('path', fieldOf(rpc, name), true, schemas)),
    ...inQuery.map((field) => parameter('query', field, false, schemas)),
    ...(rpc.access.idempotencyKey ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(rpc.method.methodKind === 'server_streaming' ? [{ $ref: '#/components/parameters/LastEventId' }] : []),
  ];
}

function requestBodyOf(rpc: Rpc, http: HttpRule, inPath: ReadonlySet<string>, schemas: Schemas): object {
  const body = http.body === '*' ? schemas.body(rpc.method.input, inPath) : undefined;
  return body ? { requestBody: { required: body.required.length > 0, content: { 'application/json': { schema: body.ref } } } } : {};
}

function answerOf(rpc: Rpc, http: HttpRule, schemas: Schemas): object {
  const { output } = rpc.method;
  if (answersFile(rpc)) {
    return {
      description: 'The document itself, as bytes: `Content-Type` says what it is, `Content-Disposition` what it is called.',
      content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
    };
  }
  if (rpc.method.methodKind === 'server_streaming') {
    return {
      description: 'Server-sent events without end: `id` is the position, `event` the type, and `data` one of these as JSON. A comment comes every 15 seconds. The stream ends with its token.',
      content: { 'text/event-stream': { schema: schemas.message(output, 'response') } },
    };
  }
  return { description: 'Done.', content: { 'application/json': { schema: http.responseBody === '' ? schemas.message(output, 'response') : unwrapped(rpc, http.responseBody, schemas) } } };
}

function unwrapped(rpc: Rpc, name: string, schemas: Schemas): Schema {
  const field = rpc.method.output.fields.find((f) => f.name === name);
  if (!field) throw new Error(`${rpc.path}: response_body names ${name}, which is no field of ${rpc.method.output.name}`);
  return schemas.field(field, 'response');
}

/** An rpc as an operation; undefined for one that HTTP does not reach. */
export function operationOf(rpc: Rpc, schemas: Schemas): Operation | undefined {
  const { method, access, http } = rpc;
  if (!http) return undefined;
  const inPath = new Set([...http.template.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!));
  const comment = commentOf(method);
  return {
    path: http.template.replace(/\{([^}]+)\}/g, (_, name: string) => `{${fieldOf(rpc, name).jsonName}}`),
    verb: http.verb.toLowerCase(),
    operation: {
      operationId: `${method.parent.name}_${method.name}`,
      tags: [method.parent.name],
      summary: firstSentenceOf(comment) || wordsOf(method.name),
      description: [comment, whoMay(access)].filter((part) => part !== '').join('\n\n'),
      ...(access.permission === '' ? {} : { 'x-naru-permission': access.permission }),
      parameters: parametersOf(rpc, http, inPath, schemas),
      ...requestBodyOf(rpc, http, inPath, schemas),
      responses: { 200: answerOf(rpc, http, schemas), ...refusalsOf(rpc) },
      security: access.scope === 'PUBLIC' ? [] : [{ oauth: ['api'] }, { bearer: [] }, ...(access.scope === 'SYSTEM' ? [] : [{ apiKey: [] }])],
    },
  };
}
