import rateLimit from '@fastify/rate-limit';
import replyFrom from '@fastify/reply-from';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './transcode/problem.js';

const TIMEOUT_MS = 10_000;
/**
 * The pool lets an idle connection go before identity does (30 s): whoever closes second may just have sent a request into it, and a token
 * request that meets a closed connection cannot be sent again. Without a limit of its own the pool keeps connections until identity ends them.
 */
const IDLE_MS = 10_000;

/** Passes /oidc/* on to identity's own listener as it is. Its answers are the issuer's: they are not transcoded. */
export async function proxyIssuer(app: FastifyInstance, options: { address: string; issuer: string; requestsPerMinute: number }): Promise<void> {
  const outside = new URL(options.issuer);
  await app.register(async (scope) => {
    await scope.register(rateLimit, { max: options.requestsPerMinute, timeWindow: 60_000 });
    await scope.register(replyFrom, { base: options.address, http: { requestOptions: { timeout: TIMEOUT_MS }, agentOptions: { timeout: IDLE_MS } } });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.all('/oidc/*', (request, reply) =>
      reply.from(request.url, {
        rewriteRequestHeaders: (_request, headers) => ({ ...headers, host: outside.host, 'x-forwarded-host': outside.host, 'x-forwarded-proto': outside.protocol.slice(0, -1), 'x-forwarded-for': request.ip }),
        onError: (_reply, _error) => void sendProblem(reply, { code: 'UNAVAILABLE' }),
      }),
    );
  });
}
