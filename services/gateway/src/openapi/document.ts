import { rpcs } from '@naru/contracts/registry';
import { commentOf } from './comments.js';
import { IDEMPOTENCY_KEY, LAST_EVENT_ID, operationOf } from './operations.js';
import { PROBLEM, problemResponses } from './problems.js';
import { schemasFor } from './schemas.js';

const DESCRIPTION = `The back end of a logistics and distribution system: markets, lots and bids; centres, receipts and stock; organizations and their members.

- **Identity.** Get an access token at the token endpoint of the issuer. A resource of another organization answers 404, as an unknown one does.
- **API keys** are for programs that cannot fetch tokens: \`Authorization: Bearer naru_…\`. A key may what its scopes say.
- **Commands.** A command names itself by an \`Idempotency-Key\`: send it again with the same key as often as needed.
- **Numbers of 64 bits** are strings in JSON. Money is minor units of its currency. Instants are RFC 3339.
- **Lists** go by \`pageSize\` and \`pageToken\`; there is no count.
- **Refusals** are problem documents with a stable \`code\`, in Korean or English by \`Accept-Language\`.`;

const HEALTH = {
  get: {
    operationId: 'Health_Check',
    tags: ['Health'],
    summary: 'Whether every service behind the gateway answers',
    description: 'For probes. Anybody may call it, without a token.',
    responses: {
      200: { description: 'All answer.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Healthy' } } } },
      503: { description: 'Some do not.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Unhealthy' } } } },
    },
    security: [],
  },
};

const HEALTH_SCHEMAS = {
  Healthy: { type: 'object', properties: { status: { type: 'string', const: 'ok' } }, required: ['status'] },
  Unhealthy: {
    type: 'object',
    properties: { status: { type: 'string', const: 'unavailable' }, down: { type: 'array', items: { type: 'string' }, description: 'The services that do not answer.' } },
    required: ['status', 'down'],
  },
};

function securitySchemes(issuer: string): object {
  const scopes = { api: 'Everything that the roles of the caller permit.' };
  return {
    oauth: {
      type: 'oauth2',
      description: 'Programs call for their organization by client credentials, people sign in.',
      flows: {
        clientCredentials: { tokenUrl: `${issuer}/token`, scopes },
        authorizationCode: { authorizationUrl: `${issuer}/auth`, tokenUrl: `${issuer}/token`, scopes },
      },
    },
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token of the issuer.' },
    apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'naru_…', description: 'An API key of an organization, in the Authorization header as a token would be. A key in a URL is refused.' },
  };
}

/**
 * The OpenAPI document of the public API, worked out from the contracts alone.
 * @param options.issuer URL of the issuer, whose endpoints the security schemes name.
 * @throws Error when a contract holds a rule that the document cannot tell.
 */
export function openApiDocument(options: { readonly issuer: string }): object {
  const offered = [...rpcs.values()].filter((rpc) => rpc.http);
  const schemas = schemasFor(offered.map((rpc) => rpc.method.output));
  const paths: Record<string, Record<string, unknown>> = {};
  for (const rpc of offered) {
    const { path, verb, operation } = operationOf(rpc, schemas)!;
    const item = (paths[path] ??= {});
    if (item[verb]) throw new Error(`${rpc.path}: ${verb} ${path} is taken`);
    item[verb] = operation;
  }
  const services = new Set(offered.map((rpc) => rpc.method.parent));
  return {
    openapi: '3.1.1',
    info: { title: 'Naru', version: 'v1', summary: 'Smart logistics and distribution', description: DESCRIPTION, license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/', description: 'The gateway that serves this document' }],
    tags: [...[...services].map((service) => ({ name: service.name, description: commentOf(service) })), { name: 'Health', description: 'The state of the system.' }],
    paths: { ...Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))), '/healthz': HEALTH },
    components: {
      schemas: { ...schemas.components(), ...HEALTH_SCHEMAS, Problem: PROBLEM },
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY, LastEventId: LAST_EVENT_ID },
      responses: problemResponses(),
      securitySchemes: securitySchemes(options.issuer),
    },
  };
}
