import { readFileSync } from 'node:fs';
import { type DescMessage, type DescMethod, type FileRegistry, createFileRegistry, fromBinary, getOption, hasOption } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The descriptors of every contract, read once from `naru.binpb`: gateway, validation, access, OpenAPI and tests all ask here. */
export const registry: FileRegistry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(new URL('../naru.binpb', import.meta.url))));

export type Scope = 'PUBLIC' | 'PARTICIPANT' | 'PARTY' | 'OPERATOR' | 'SYSTEM';

/** Who may call a method (option `naru.options.v1.access`). */
export interface Access {
  readonly permission: string;
  readonly scope: Scope;
  readonly resource: string;
  readonly idempotencyKey: boolean;
}

/** A method of a contract with what its options say. */
export interface Rpc {
  /** `/naru.auction.v1.LotService/PlaceBid` */
  readonly path: string;
  /** `auction` */
  readonly service: string;
  readonly method: DescMethod;
  readonly access: Access;
  readonly http: HttpRule | undefined;
}

/** The option google.api.http of a method. */
export interface HttpRule {
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v1/lots/{lot_id}:close` */
  readonly template: string;
  /** `*`, a field, or empty for none. */
  readonly body: string;
  readonly responseBody: string;
}

/** A message that is published. */
export interface EventType {
  readonly message: DescMessage;
  /** JSON name of the field that is the event's key and subject. */
  readonly key: string;
}

const SCOPES: readonly Scope[] = ['PUBLIC', 'PUBLIC', 'PARTICIPANT', 'PARTY', 'OPERATOR', 'SYSTEM'];
const VERBS = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;

function extension(name: string) {
  const found = registry.getExtension(name);
  if (!found) throw new Error(`naru.binpb lacks the extension ${name}; generate again`);
  return found;
}

const ACCESS = extension('naru.options.v1.access');
const EVENT = extension('naru.options.v1.event');
const HTTP = extension('google.api.http');

function accessOf(method: DescMethod): Access {
  if (!hasOption(method, ACCESS)) throw new Error(`${method.parent.typeName}.${method.name} declares no access`);
  const option = getOption(method, ACCESS) as { permission: string; scope: number; resource: string; idempotencyKey: boolean };
  if (option.scope === 0) throw new Error(`${method.parent.typeName}.${method.name} declares no scope`);
  if ((option.permission === '') !== (option.scope === 1)) throw new Error(`${method.parent.typeName}.${method.name} must name a permission, or be public`);
  return { permission: option.permission, scope: SCOPES[option.scope]!, resource: option.resource, idempotencyKey: option.idempotencyKey };
}

function httpOf(method: DescMethod): HttpRule | undefined {
  if (!hasOption(method, HTTP)) return undefined;
  const rule = getOption(method, HTTP) as { pattern: { case: keyof typeof VERBS; value: string }; body: string; responseBody: string };
  return { verb: VERBS[rule.pattern.case], template: rule.pattern.value, body: rule.body, responseBody: rule.responseBody };
}

/** Every method of ours by its path. Throws for one that declares no access: deny by default (rule I1). */
export const rpcs: ReadonlyMap<string, Rpc> = new Map(
  [...registry].flatMap((type) =>
    type.kind === 'service' && type.typeName.startsWith('naru.')
      ? type.methods.map((method): [string, Rpc] => {
          const path = `/${type.typeName}/${method.name}`;
          return [path, { path, service: type.typeName.split('.')[1]!, method, access: accessOf(method), http: httpOf(method) }];
        })
      : [],
  ),
);

/** Every message that is published, by its type name. */
export const eventTypes: ReadonlyMap<string, EventType> = new Map(
  [...registry].flatMap((type) => {
    if (type.kind !== 'message' || !hasOption(type, EVENT)) return [];
    const { key } = getOption(type, EVENT) as { key: string };
    const field = type.fields.find((f) => f.name === key);
    if (!field) throw new Error(`${type.typeName} names the key ${key}, which is no field of it`);
    return [[type.typeName, { message: type, key: field.localName }] as [string, EventType]];
  }),
);

/** The services that publish: one topic each. */
export const PUBLISHERS = ['identity', 'warehousing', 'auction', 'gateway'] as const;

/** The topic of a service: `naru.auction.v1`. */
export function topicOf(service: string): string {
  return `naru.${service}.v1`;
}

/** The topics on which a type of event may arrive: its owner's, or every one for the types that all services publish. */
export function topicsOf(type: string): readonly string[] {
  const owner = type.split('.')[1]!;
  return owner === 'type' ? PUBLISHERS.map(topicOf) : [topicOf(owner)];
}
