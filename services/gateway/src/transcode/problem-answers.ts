import type { FastifyError, FastifyInstance, HTTPMethods } from 'fastify';
import { EdgeRefused, type Fault, sendProblem } from './problem.js';

/** What a failure of a request says to its caller; undefined for one that nobody can explain. */
function faultOfFailure(error: FastifyError | EdgeRefused, bodyLimit: number): Fault | undefined {
  if (error instanceof EdgeRefused) return error.fault;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { code: 'PAYLOAD_TOO_LARGE', details: { limit: String(bodyLimit) } };
  if (error.statusCode === 429) return { code: 'RATE_LIMITED' };
  if (error.statusCode === undefined || error.statusCode >= 500) return undefined;
  return { code: 'INVALID_ARGUMENT', errors: [{ field: '', code: 'http', detail: error.message.slice(0, 200) }] };
}

/** Every failure and every unknown path is answered by a problem document. `onInternal` hears what nobody could explain. */
export function answerWithProblems(app: FastifyInstance, bodyLimit: number, onInternal: (path: string, error: Error) => void): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const fault = faultOfFailure(error, bodyLimit);
    if (!fault) onInternal(request.url, error);
    return sendProblem(reply, fault ?? { code: 'INTERNAL' });
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'NOT_FOUND' }));
}

/** Answers 405 with Allow to every other method of the paths that `declare` adds. */
export function refuseOtherMethods(app: FastifyInstance, declare: () => void): void {
  const allowed = new Map<string, Set<HTTPMethods>>();
  let isDeclaring = true;
  app.addHook('onRoute', ({ url, method }) => {
    if (!isDeclaring) return;
    const methods = allowed.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    allowed.set(url, methods);
  });
  declare();
  isDeclaring = false;
  for (const [url, methods] of allowed) {
    const allow = [...methods].sort().join(', ');
    app.route({
      method: app.supportedMethods.filter((method) => !methods.has(method)),
      url,
      onRequest: async (_request, reply) => sendProblem(reply.header('allow', allow), { code: 'METHOD_NOT_ALLOWED' }), // before any body is read
      handler: () => undefined,
    });
  }
}
