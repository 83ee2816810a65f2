import type { Rpc } from '@naru/contracts/registry';
import { type Schema, described } from './schema.js';

/** The problem document of every refusal (RFC 9457). */
export const PROBLEM: Schema = {
  type: 'object',
  ...described('Why a call was refused (RFC 9457).'),
  properties: {
    type: { type: 'string', format: 'uri', description: '`urn:naru:error:` and the code.' },
    title: { type: 'string', description: 'The words of the status.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { type: 'string', description: 'What happened and what to do, in the language of Accept-Language: Korean or English.' },
    code: { type: 'string', pattern: '^[A-Z][A-Z_]*$', description: 'A stable code. Codes are added, and none changes its meaning.', examples: ['BID_TOO_LOW'] },
    errors: {
      type: 'array',
      description: 'Faults of single fields.',
      items: {
        type: 'object',
        properties: {
          field: { type: 'string', description: 'Path by JSON names, such as `limit.amount` or `lines[2].count`; empty for the whole.' },
          code: { type: 'string', description: 'The rule that is broken.' },
          detail: { type: 'string' },
        },
        required: ['field', 'code', 'detail'],
      },
    },
    details: { type: 'object', additionalProperties: { type: 'string' }, description: 'The figures of the refusal, such as `minimum`.' },
    why: { type: 'array', items: { type: 'string', format: 'uuid' }, description: 'Ids of the events that decide.' },
    trace_id: { type: 'string', description: 'To be named when asking for help.' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'errors', 'details', 'why', 'trace_id'],
};

interface Refusal {
  readonly name: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait before the call is tried again; absent where that would not help.', schema: { type: 'integer', minimum: 0 } } };
const AUTHENTICATE = { 'WWW-Authenticate': { description: 'The scheme of the token, RFC 6750.', schema: { type: 'string' } } };

const REFUSALS = {
  400: { name: 'Malformed', description: 'The request is not well formed; `errors` names the fields.' },
  401: { name: 'Unauthenticated', description: 'There is no access token, or it does not hold.', headers: AUTHENTICATE },
  403: { name: 'Forbidden', description: 'The caller may not do this.' },
  404: { name: 'Unknown', description: 'There is nothing under that id, or it is not the caller\'s to see.' },
  409: { name: 'Conflict', description: 'The state forbids it, or a call with the same Idempotency-Key is still running.', headers: RETRY_AFTER },
  413: { name: 'TooLarge', description: 'The body is too large.' },
  422: { name: 'Unprocessable', description: 'A rule on values is broken, or the Idempotency-Key was used with another body.' },
  429: { name: 'TooMany', description: 'Too many commands wait for the same resource, or too many calls came.', headers: RETRY_AFTER },
  500: { name: 'Internal', description: 'Something failed on our side; it is recorded under `trace_id`.' },
  503: { name: 'Unavailable', description: 'The service cannot answer now.', headers: RETRY_AFTER },
  504: { name: 'TooSlow', description: 'The call took longer than its deadline. The same Idempotency-Key tells its outcome.' },
} as const satisfies Record<number, Refusal>;

type Status = keyof typeof REFUSALS;

/** The responses that the operations refer to. */
export function problemResponses(): Readonly<Record<string, unknown>> {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(Object.values<Refusal>(REFUSALS).map(({ name, description, headers }) => [name, { description, ...(headers ? { headers } : {}), content }]));
}

function statusesOf({ access, http, method }: Rpc): readonly Status[] {
  const isPublic = access.scope === 'PUBLIC';
  const isCommand = http!.verb !== 'GET';
  const namesAnother = isCommand || http!.template.includes('{') || access.scope === 'PARTY' || access.scope === 'OPERATOR';
  return [400, ...(isPublic ? [] : ([401, 403] as const)), ...(namesAnother ? [404 as const] : []), ...(isCommand ? ([409, 413, 422, 429] as const) : []), 500, 503, ...(method.methodKind === 'unary' ? [504 as const] : [])];
}

/** The refusals that a call may meet, by status. */
export function refusalsOf(rpc: Rpc): Readonly<Record<string, unknown>> {
  return Object.fromEntries(statusesOf(rpc).map((status) => [String(status), { $ref: `#/components/responses/${REFUSALS[status].name}` }]));
}
