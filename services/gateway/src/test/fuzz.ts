import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Rpc, rpcs } from '@naru/contracts/registry';
import { definitionOf, isErrorCode } from '@naru/kernel/errors';
import { seededRandom } from '@naru/kernel/random';
import { isInstant } from '../transcode/instant.js';
import { type FuzzCall, type FuzzTarget, fuzzCall } from './fuzz-requests.js';
import { type Heard, exchange } from './http.js';
import { type Schema, type Schemas, type Source, knownIds } from './likely-values.js';
import { chanceOf } from './random-messages.js';

export interface FuzzOptions {
  /** `http://127.0.0.1:7700` */
  readonly url: string;
  /** The same seed makes the same calls to a system that answers the same. */
  readonly seed: number;
  readonly calls: number;
  /** A token, or where to get one before each call: tokens end sooner than a long run. */
  readonly token: string | (() => Promise<string>);
}

/** A call whose answer is wrong. */
export interface FuzzFault {
  readonly call: string;
  readonly status: number;
  readonly why: string;
  readonly request: string;
  readonly answer: string;
}

export interface FuzzReport {
  readonly seed: number;
  readonly calls: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Calls by rpc that were answered well, so that a run that only met refusals shows. */
  readonly succeeded: Readonly<Record<string, number>>;
  readonly faults: readonly FuzzFault[];
}

interface Operation {
  readonly schema: Schema;
  readonly responses: Readonly<Record<string, unknown>>;
  /** Undefined for a file, which is bytes. */
  readonly answer: ValidateFunction | undefined;
  /** Of the body. */
  readonly request: ValidateFunction | undefined;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name?: string; readonly in?: string; readonly required?: boolean; readonly schema?: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Schemas };
}

const LEAK = /\bat .{1,200}\.js:\d+|node_modules|127\.0\.0\.1|remote_addr|postgres/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const pointer = (...parts: string[]): string => `api#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** A 64-bit integer is a string in the document; the edge also takes it as a number that JSON holds exactly. */
function lenient(document: object): object {
  return JSON.parse(JSON.stringify(document), (_, value: unknown) => {
    const schema = value as { type?: unknown; format?: unknown } | null;
    return schema && schema.type === 'string' && schema.format === 'int64' ? { ...schema, type: ['string', 'integer'] } : value;
  }) as object;
}

/** The parameters of a query as one object. */
function queryOf({ parameters = [] }: DocumentedOperation): Schema {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  return { type: 'object', properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name!, schema!])), required: inQuery.flatMap(({ name, required }) => (required ? [name!] : [])) };
}

function isJson(response: unknown): boolean {
  return Object.hasOwn((response as { content: object }).content, 'application/json');
}

/** The operations of the published document with their validators, by rpc. */
function operationsOf(document: ApiDocument): { operations: ReadonlyMap<string, Operation>; problem: ValidateFunction } {
  const make = (schemas: object): Ajv2020 =>
    new Ajv2020({
      strict: false,
      allErrors: false,
      formats: { uuid: UUID, 'date-time': isInstant, date: true, uri: true, int32: true, int64: true, byte: true, float: true, double: true, password: true },
      schemas: { api: schemas },
    });
  const answers = make(document);
  const requests = make(lenient(document));
  const operations = new Map<string, Operation>();
  const unary = new Set(UNARY.map(nameOf));
  for (const [path, item] of Object.entries(document.paths))
    for (const [verb, documented] of Object.entries(item)) {
      const { operationId, responses, requestBody } = documented;
      if (!unary.has(operationId)) continue;
      const content = ['content', 'application/json', 'schema'];
      operations.set(operationId, {
        schema: requestBody?.content['application/json']?.schema ?? queryOf(documented),
        responses,
        answer: isJson(responses['200']) ? answers.compile({ $ref: pointer('paths', path, verb, 'responses', '200', ...content) }) : undefined,
        request: requestBody ? requests.compile({ $ref: pointer('paths', path, verb, 'requestBody', ...content) }) : undefined,
      });
    }
  return { operations, problem: answers.compile({ $ref: pointer('components', 'schemas', 'Problem') }) };
}

const UNARY = [...rpcs.values()].filter((rpc) => rpc.http && rpc.method.methodKind === 'unary');
const nameOf = (rpc: Rpc): string => `${rpc.method.parent.name}_${rpc.method.name}`;

function parsed(text: string | Buffer | undefined): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** The edge takes both spellings of a field; the document knows one. */
function inCamelCase(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(inCamelCase);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), inCamelCase(value)]));
}

function faultOf(call: FuzzCall, heard: Heard, operation: Operation, problem: ValidateFunction): string | undefined {
  if (heard.status >= 500) return 'it is a fault of the server';
  if (call.method === 'HEAD') return heard.text === '' ? undefined : 'a HEAD has a body';
  const isAsDeclared = call.method === call.rpc.http!.verb;
  if (heard.status < 300 && isAsDeclared && !operation.answer) return undefined;
  const body = parsed(heard.text);
  if (body === undefined) return 'its body is not JSON';
  if (heard.status < 300) {
    if (!isAsDeclared || !operation.answer) return undefined; // the path of another rpc
    if (!operation.answer(body)) return `it breaks its schema: ${JSON.stringify(operation.answer.errors)}`;
    const sent = inCamelCase(parsed(call.body));
    if (sent !== undefined && operation.request?.(sent) === false) return `a body was taken that breaks its schema: ${JSON.stringify(operation.request.errors)}`;
    return undefined;
  }
  if (!heard.headers['content-type']?.startsWith('application/problem+json')) return 'it is no problem document';
  if (!problem(body)) return `it breaks the schema of problems: ${JSON.stringify(problem.errors)}`;
  const { code, status } = body as { code: string; status: number };
  if (!isErrorCode(code) || definitionOf(code).status !== heard.status || status !== heard.status) return `${code} does not stand for ${heard.status}`;
  if (heard.status === 405 && !heard.headers.allow) return '405 without Allow';
  if (isAsDeclared && heard.status !== 405 && !Object.hasOwn(operation.responses, String(heard.status)) && !isAstray(call)) return `${heard.status} is not declared`;
  return LEAK.test(heard.text) ? 'it tells of its inside' : undefined;
}

/** Whether the path may have left its operation. */
function isAstray(call: FuzzCall): boolean {
  const shape = new RegExp(`^${call.rpc.http!.template.replace(/\{\w+\}/g, '[0-9a-f-]{36}')}$`);
  return !shape.test(call.path.split('?')[0]!);
}

/** Calls every unary rpc of the contracts in turn, right and wrong, and says which answers were no answers. Streams are left out: they do not end. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { url, seed, calls } = options;
  const document = JSON.parse((await exchange(url, 'GET', '/openapi.json')).text) as ApiDocument;
  const { operations, problem } = operationsOf(document);
  const targets = UNARY.map((rpc): FuzzTarget => ({ rpc, schema: operations.get(nameOf(rpc))!.schema }));
  const source: Source = { chance: chanceOf(seededRandom(seed)), known: knownIds(), schemas: document.components.schemas };
  const byStatus: Record<string, number> = {};
  const succeeded: Record<string, number> = {};
  const faults: FuzzFault[] = [];
  for (let number = 0; number < calls; number++) {
    const token = typeof options.token === 'string' ? options.token : await options.token();
    const call = fuzzCall(targets[number % targets.length]!, token, `fuzz-${seed}-${number}`, source);
    const name = nameOf(call.rpc);
    const heard = await exchange(url, call.method, call.path, call.headers, call.body).catch((error: unknown): Heard => ({ status: 0, headers: {}, text: String(error) }));
    byStatus[heard.status] = (byStatus[heard.status] ?? 0) + 1;
    if (heard.status >= 200 && heard.status < 300) {
      succeeded[name] = (succeeded[name] ?? 0) + 1;
      source.known.learn(parsed(heard.text));
    }
    const why = heard.status === 0 ? 'there was none' : faultOf(call, heard, operations.get(name)!, problem);
    if (why) faults.push({ call: `${number}: ${name} ${call.method} ${call.path.slice(0, 300)}`, status: heard.status, why: why.slice(0, 500), request: String(call.body ?? '').slice(0, 500), answer: heard.text.slice(0, 500) });
  }
  return { seed, calls, byStatus, succeeded, faults };
}
