import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import { fileAnswer } from '@naru/platform/rpc/file-answer';
import { statusOf } from '@naru/platform/rpc/status';
import { operationOf } from '../openapi/operations.js';
import { schemasFor } from '../openapi/schemas.js';
import { grpcBackend } from '../transcode/backend.js';
import { unaryHandler } from '../transcode/handler.js';
import { http2Unary } from '../transcode/http2-unary.js';
import { answerWithProblems } from '../transcode/problem-answers.js';
import { routeOf } from '../transcode/route.js';
import { FILE_RPC } from './file-rpc.js';

const raw = (bytes: Buffer): Buffer => bytes;
const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 256));

let service: Server;
let app: FastifyInstance;
let close: () => void;
let answer: () => HttpBody;

beforeAll(async () => {
  service = new Server();
  service.addService(
    { call: { path: FILE_RPC.path, requestStream: false, responseStream: false, requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw } },
    {
      call: (_: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => {
        try {
          respond(null, Buffer.from(HttpBody.encode(answer()).finish()));
        } catch {
          respond(statusOf({ code: 'NOT_FOUND', details: {}, why: [] }));
        }
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => service.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
  const lean = http2Unary(`127.0.0.1:${port}`);
  const grpc = grpcBackend(`127.0.0.1:${port}`);
  close = () => {
    lean.close();
    grpc.close();
    service.forceShutdown();
  };
  app = Fastify();
  answerWithProblems(app, 1000, () => {});
  const route = routeOf(FILE_RPC);
  app.decorateRequest('span', undefined);
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  app.route({ method: 'GET', url: route.url, handler: unaryHandler(route, { unary: lean.unary, stream: grpc.stream, close: () => {} }, 3000) });
});
afterAll(async () => {
  await app?.close();
  close?.();
});

const get = (method: 'GET' | 'HEAD' = 'GET') => app.inject({ method, url: '/v1/files/f-1' });

describe('an answer that is a document', () => {
  it('passes as its bytes, under its own content type and name', async () => {
    answer = () => fileAnswer({ contentType: 'application/pdf', data: BYTES, filename: 'note-7.pdf' });
    const { statusCode, headers, rawPayload } = await get();
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/pdf', 'content-disposition': 'inline; filename="note-7.pdf"', 'content-length': '1000', 'cache-control': 'no-store' });
    expect(rawPayload.equals(BYTES)).toBe(true);
  });

  it('has a name in any script, and none that breaks out of its header', async () => {
    answer = () => fileAnswer({ contentType: 'text/csv; charset=utf-8', data: Buffer.from('a,b'), filename: '정산서 "7"\r\nx: y.csv' });
    const { headers, payload } = await get();
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe(`inline; filename="___ _7___x: y.csv"; filename*=UTF-8''${encodeURIComponent('정산서 "7"\r\nx: y.csv')}`);
    expect(headers['x']).toBeUndefined();
    expect(payload).toBe('a,b');
  });

  it('is bytes where it does not say what it is', async () => {
    answer = () => fileAnswer({ contentType: '', data: Buffer.alloc(0) });
    const { headers, rawPayload } = await get();
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(headers['content-disposition']).toBeUndefined();
    expect(rawPayload).toHaveLength(0);
  });

  it('can be asked for its head alone, and can be refused', async () => {
    answer = () => fileAnswer({ contentType: 'image/png', data: BYTES });
    const head = await get('HEAD');
    expect(head.headers).toMatchObject({ 'content-type': 'image/png', 'content-length': '1000' });
    expect(head.rawPayload).toHaveLength(0);
    answer = () => {
      throw new Error('none');
    };
    const refused = await get();
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });

  it('is binary in the OpenAPI document', () => {
    const { operation } = operationOf(FILE_RPC, schemasFor([FILE_RPC.method.output]))!;
    expect(operation['responses']).toMatchObject({ 200: { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } }, 404: {} });
  });
});
