import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { EdgeRefused } from './problem.js';

/** Reads every body as JSON, whatever its content type says; an empty one is none. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined);
    try {
      if (!isUtf8(bytes as Buffer)) throw new Error('not UTF-8');
      done(null, JSON.parse(bytes.toString('utf8')));
    } catch {
      done(new EdgeRefused({ code: 'INVALID_ARGUMENT', errors: [{ field: '', code: 'json', detail: 'the body is not JSON in UTF-8' }] }));
    }
  });
}
