import type { AddressInfo } from 'node:net';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { rpcs } from '@naru/contracts/registry';
import { carriesApiKey } from '@naru/platform/auth/api-key';
import type { LogLine } from '@naru/platform/config';
import { docsPage, docsScript, swaggerUiFiles, swaggerUiFolder } from './docs/page.js';
import { openApiDocument } from './openapi/document.js';
import { proxyIssuer } from './oidc-proxy.js';
import { type Backend, grpcBackend, isHealthy } from './transcode/backend.js';
import type { OpenStreams } from './transcode/event-stream.js';
import { type EdgeAccess, admission, streamHandler, unaryHandler } from './transcode/handler.js';
import { http2Unary } from './transcode/http2-unary.js';
import { keyExchange } from './transcode/key-exchange.js';
import { readJsonBodies } from './transcode/json-body.js';
import { answerWithProblems, refuseOtherMethods } from './transcode/problem-answers.js';
import { EdgeRefused, sendProblem, sendProblemOverSocket } from './transcode/problem.js';
import { traceRequests } from './transcode/request-span.js';
import { routeOf } from './transcode/route.js';

export interface GatewayOptions extends EdgeAccess {
  readonly host: string;
  readonly port: number;
  /** gRPC address of each service. */
  readonly services: ReadonlyMap<string, string>;
  /** identity's own listener. */
  readonly oidcAddress: string;
  readonly issuer: string;
  readonly log: (line: LogLine) => void;
  /** Requests a minute from one address to the token endpoint and the sign-in page. */
  readonly issuerRequestsPerMinute?: number;
  /** Longest call to a service, milliseconds. */
  readonly callLimitMs?: number;
}

export interface RunningGateway {
  readonly port: number;
  /** Takes no new requests, lets the running ones end, but no longer than `deadlineMs`. Streams end at once: their clients resume. */
  close(deadlineMs: number): Promise<void>;
}

const CALL_LIMIT_MS = 10_000;
const BODY_LIMIT = 4 * 1024 * 1024;
const ISSUER_REQUESTS_PER_MINUTE = 3000;
const FIXED_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' };

/** Starts the HTTP edge. Every route comes from the contracts; there is none per rpc here. @throws with code EADDRINUSE for a port that is taken. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 512 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: sendProblemOverSocket,
    frameworkErrors: (_error, _request, reply) => void sendProblem((reply as FastifyReply).headers(FIXED_HEADERS), { code: 'NOT_FOUND' }), // no such path: not even one that decodes
  });
  const backends = new Map([...options.services].map(([name, address]) => [name, backendOf(address)]));
  const streams: OpenStreams = new Set();

  readJsonBodies(app);
  answerWithProblems(app, BODY_LIMIT, (path, error) => options.log({ level: 'error', service: 'gateway', message: 'a request failed', path, error: error.stack ?? error.message }));
  traceRequests(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(FIXED_HEADERS);
    done(carriesApiKey(request.url) ? new EdgeRefused({ code: 'API_KEY_IN_URL' }) : undefined);
  });
  app.decorateRequest('verified', undefined);

  refuseOtherMethods(app, () => {
    addContracts(app, backends, streams, options);
    addHealth(app, backends);
    addDocs(app, options.issuer);
  });
  await app.register(fastifyStatic, { root: swaggerUiFolder, prefix: '/docs/', index: false, cacheControl: false, allowedPath: (path) => swaggerUiFiles.some((file) => path === `/${file}`) });
  await proxyIssuer(app, { address: options.oidcAddress, issuer: options.issuer, requestsPerMinute: options.issuerRequestsPerMinute ?? ISSUER_REQUESTS_PER_MINUTE });

  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    for (const backend of backends.values()) backend.close();
    throw error;
  }
  return {
    port: (app.server.address() as AddressInfo).port,
    async close(deadlineMs) {
      const late = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
      const closed = app.close();
      for (const leave of streams) leave();
      await closed;
      clearTimeout(late);
      for (const backend of backends.values()) backend.close();
    },
  };
}

/** Unary calls by the lean client, streams by grpc-js. */
function backendOf(address: string): Backend {
  const grpc = grpcBackend(address);
  const lean = http2Unary(address);
  return {
    unary: lean.unary,
    stream: grpc.stream,
    close() {
      lean.close();
      grpc.close();
    },
  };
}

function addContracts(app: FastifyInstance, backends: ReadonlyMap<string, Backend>, streams: OpenStreams, options: GatewayOptions): void {
  const keys = keyExchange(backends.get('identity'));
  for (const rpc of rpcs.values()) {
    const backend = backends.get(rpc.service);
    if (!rpc.http || !backend) continue;
    const route = routeOf(rpc);
    const isUnary = rpc.method.methodKind === 'unary';
    app.route({
      method: route.method,
      url: route.url,
      exposeHeadRoute: isUnary && route.method === 'GET', // a HEAD of a stream would never end
      config: { span: `${route.method} ${rpc.http.template}` },
      ...(rpc.access.scope === 'PUBLIC' ? {} : { onRequest: admission(route, options, keys) }),
      handler: isUnary ? unaryHandler(route, backend, options.callLimitMs ?? CALL_LIMIT_MS) : streamHandler(route, backend, streams, options.revocations),
    });
  }
}

function addHealth(app: FastifyInstance, backends: ReadonlyMap<string, Backend>): void {
  app.get('/healthz', async (_request, reply) => {
    const states = await Promise.all([...backends].map(async ([name, backend]) => [name, await isHealthy(backend)] as const));
    const down = states.flatMap(([name, healthy]) => (healthy ? [] : [name]));
    return reply.code(down.length === 0 ? 200 : 503).send(down.length === 0 ? { status: 'ok' } : { status: 'unavailable', down });
  });
}

function addDocs(app: FastifyInstance, issuer: string): void {
  const document = JSON.stringify(openApiDocument({ issuer }));
  const { html, csp } = docsPage();
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  app.get('/docs', (_request, reply) => reply.header('content-security-policy', csp).type('text/html; charset=utf-8').send(html));
  app.get('/docs/init.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(docsScript));
}
