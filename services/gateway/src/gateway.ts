import type { AddressInfo } from 'node:net';
import fastifyStatic from '@fastify/static';
import { SpanKind } from '@opentelemetry/api';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';
import { rpcs } from '@naru/contracts/registry';
import type { Verified } from '@naru/platform/auth/verifier';
import type { LogLine } from '@naru/platform/config';
import { contextOf, inSpan } from '@naru/platform/telemetry';
import { docsPage, docsScript, swaggerUiFiles, swaggerUiFolder } from './docs/page.js';
import { openApiDocument } from './openapi/document.js';
import { proxyIssuer } from './oidc-proxy.js';
import { answerOf } from './transcode/answer.js';
import { type Backend, grpcBackend } from './transcode/backend.js';
import { streamEvents } from './transcode/event-stream.js';
import { metadataOf } from './transcode/metadata.js';
import { EdgeRefused, faultOf, refuseAtEdge, sendProblem } from './transcode/problem.js';
import { type Route, routeOf } from './transcode/route.js';

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** gRPC address of each service. */
  readonly services: ReadonlyMap<string, string>;
  /** Says who an Authorization header stands for; undefined when it does not hold. */
  readonly verify: (authorization: string | undefined) => Promise<Verified | undefined>;
  /** Hears of every call that was refused here for want of a token. */
  readonly onUnauthenticated?: (method: string) => void;
  /** identity's own listener. */
  readonly oidcAddress: string;
  readonly issuer: string;
  readonly log: (line: LogLine) => void;
  /** Requests a minute from one address to the token endpoint and the sign-in page. */
  readonly issuerRequestsPerMinute?: number;
}

export interface RunningGateway {
  readonly port: number;
  /** Takes no new requests, lets the running ones end, but no longer than `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}

const CALL_LIMIT_MS = 10_000;
const BODY_LIMIT = 4 * 1024 * 1024;
const VERBS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ISSUER_REQUESTS_PER_MINUTE = 3000;

/** Starts the HTTP edge. Every route comes from the contracts; there is none per rpc here. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const app = Fastify({ bodyLimit: BODY_LIMIT, routerOptions: { ignoreTrailingSlash: false, maxParamLength: 512 }, forceCloseConnections: 'idle', return503OnClosing: false });
  const backends = new Map([...options.services].map(([name, address]) => [name, grpcBackend(address)]));

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    if (text === '') return done(null, undefined);
    try {
      done(null, JSON.parse(text as string));
    } catch {
      done(new EdgeRefused({ code: 'INVALID_ARGUMENT', errors: [{ field: '', code: 'json', detail: 'the body is not JSON' }] }));
    }
  });
  app.addHook('onRequest', async (_request, reply) => void reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' }));
  app.setErrorHandler((error, request, reply) => answerFailure(error as FastifyError, request, reply, options));
  app.setNotFoundHandler((request, reply) => sendProblem(reply, { code: 'NOT_FOUND' }, request.headers['accept-language']));

  addContracts(app, backends, options);
  addHealth(app, backends);
  await addDocs(app, options.issuer);
  await proxyIssuer(app, { address: options.oidcAddress, issuer: options.issuer, requestsPerMinute: options.issuerRequestsPerMinute ?? ISSUER_REQUESTS_PER_MINUTE });

  await app.listen({ host: options.host, port: options.port });
  return {
    port: (app.server.address() as AddressInfo).port,
    async close(deadlineMs) {
      const late = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
      for (const backend of backends.values()) backend.close();
      await app.close();
      clearTimeout(late);
    },
  };
}

function answerFailure(error: FastifyError | EdgeRefused, request: FastifyRequest, reply: FastifyReply, options: GatewayOptions): FastifyReply {
  const language = request.headers['accept-language'];
  if (error instanceof EdgeRefused) return sendProblem(reply, error.fault, language);
  if ('code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return sendProblem(reply, { code: 'PAYLOAD_TOO_LARGE', details: { limit: String(BODY_LIMIT) } }, language);
  if (error.statusCode === 429) return sendProblem(reply, { code: 'RATE_LIMITED' }, language);
  if (error.statusCode !== undefined && error.statusCode < 500) return sendProblem(reply, { code: 'INVALID_ARGUMENT', errors: [{ field: '', code: 'http', detail: error.message.slice(0, 200) }] }, language);
  options.log({ level: 'error', service: 'gateway', message: 'a request failed', path: request.url, error: error.stack ?? error.message });
  return sendProblem(reply, { code: 'INTERNAL' }, language);
}

function addContracts(app: FastifyInstance, backends: ReadonlyMap<string, Backend>, options: GatewayOptions): void {
  const verbs = new Map<string, HTTPMethods[]>();
  for (const rpc of rpcs.values()) {
    const backend = backends.get(rpc.service);
    if (!rpc.http || !backend) continue;
    const route = routeOf(rpc);
    verbs.set(route.url, [...(verbs.get(route.url) ?? []), route.method]);
    app.route({ method: route.method, url: route.url, handler: handlerOf(route, backend, options) });
  }
  for (const [url, allowed] of verbs) {
    app.route({
      method: VERBS.filter((verb) => !allowed.includes(verb)),
      url,
      handler: (request, reply) => sendProblem(reply.header('allow', allowed.join(', ')), { code: 'METHOD_NOT_ALLOWED' }, request.headers['accept-language']),
    });
  }
}

function handlerOf(route: Route, backend: Backend, options: GatewayOptions) {
  const { rpc } = route;
  const isPublic = rpc.access.scope === 'PUBLIC';
  const answer = rpc.method.methodKind === 'unary' ? answerOf(rpc) : undefined;
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const verified = isPublic ? undefined : await options.verify(request.headers.authorization);
    if (!isPublic && !verified) {
      options.onUnauthenticated?.(rpc.path);
      refuseAtEdge('UNAUTHENTICATED');
    }
    const metadata = metadataOf(request.headers, rpc.access.idempotencyKey);
    const parts = { params: request.params as Record<string, string>, query: request.query as Record<string, string>, body: request.body };
    if (!answer) {
      const resume = request.headers['last-event-id'];
      const query = typeof resume === 'string' ? { ...parts.query, after: resume } : parts.query;
      return streamEvents({ rpc, backend, request: route.encode({ ...parts, query }), metadata, reply, acceptLanguage: request.headers['accept-language'], expiresAt: verified?.expiresAt ?? Infinity });
    }
    const bytes = await call(backend, route, route.encode(parts), metadata, reply);
    if (Buffer.isBuffer(bytes)) await reply.type('application/json; charset=utf-8').send(answer(bytes));
    else await sendProblem(reply, bytes, request.headers['accept-language']);
  };
  const name = `${route.method} ${route.http.template}`;
  return (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { traceparent, tracestate } = request.headers;
    const parent = typeof traceparent === 'string' ? contextOf({ traceparent, ...(typeof tracestate === 'string' ? { tracestate } : {}) }) : undefined;
    return inSpan(name, { kind: SpanKind.SERVER, attributes: { 'naru.service': 'gateway' }, ...(parent ? { parent } : {}) }, async () => {
      try {
        await handle(request, reply);
      } catch (error) {
        await answerFailure(error as FastifyError, request, reply, options);
      }
    });
  };
}

/** The answer's bytes, or what the service refused. A client that leaves cancels its call. */
async function call(backend: Backend, route: Route, bytes: Buffer, metadata: ReturnType<typeof metadataOf>, reply: FastifyReply): Promise<Buffer | ReturnType<typeof faultOf>> {
  let cancel: (() => void) | undefined;
  const left = (): void => {
    if (!reply.raw.writableFinished) cancel?.();
  };
  reply.raw.once('close', left);
  try {
    return await backend.unary(route.rpc.path, bytes, metadata, Date.now() + CALL_LIMIT_MS, (way) => (cancel = way));
  } catch (error) {
    return faultOf(error as Parameters<typeof faultOf>[0]);
  } finally {
    reply.raw.off('close', left);
  }
}

function addHealth(app: FastifyInstance, backends: ReadonlyMap<string, Backend>): void {
  app.get('/healthz', async (_request, reply) => {
    const states = await Promise.all([...backends].map(async ([name, backend]) => [name, await backend.isHealthy()] as const));
    const down = states.flatMap(([name, healthy]) => (healthy ? [] : [name]));
    return reply.code(down.length === 0 ? 200 : 503).send(down.length === 0 ? { status: 'ok' } : { status: 'unavailable', down });
  });
}

async function addDocs(app: FastifyInstance, issuer: string): Promise<void> {
  const document = JSON.stringify(openApiDocument({ issuer }));
  const { html, csp } = docsPage();
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  app.get('/docs', (_request, reply) => reply.header('content-security-policy', csp).type('text/html; charset=utf-8').send(html));
  app.get('/docs/init.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(docsScript));
  await app.register(fastifyStatic, { root: swaggerUiFolder, prefix: '/docs/', index: false, cacheControl: false, allowedPath: (path) => swaggerUiFiles.some((file) => path === `/${file}`) });
}
