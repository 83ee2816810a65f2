import type { ServiceError } from '@grpc/grpc-js';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import type { FastifyReply } from 'fastify';
import { type Rpc, registry } from '@naru/contracts/registry';
import type { Backend } from './backend.js';
import { faultOf, sendProblem } from './problem.js';
import type { Metadata } from '@grpc/grpc-js';

const BEAT_MS = 15_000;

interface StreamedJson {
  readonly position?: string;
  readonly type?: string;
}

/**
 * Answers a server stream as server-sent events. A refusal before the first message is a problem document with its
 * status; after that an `error` event ends the stream. A slow reader slows the service. Ends with the token.
 */
export function streamEvents(options: { rpc: Rpc; backend: Backend; request: Buffer; metadata: Metadata; reply: FastifyReply; acceptLanguage: string | undefined; expiresAt: number }): Promise<void> {
  const { rpc, backend, request, metadata, reply, acceptLanguage } = options;
  const { output } = rpc.method;
  const response = reply.raw;
  return new Promise((resolve) => {
    const call = backend.stream(rpc.path, request, metadata);
    let begun = false;
    let beat: NodeJS.Timeout | undefined;
    const expiry = setTimeout(() => call.cancel(), Math.max(0, options.expiresAt - Date.now()));
    const begin = (): void => {
      if (begun) return;
      begun = true;
      reply.hijack();
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no', 'x-content-type-options': 'nosniff' });
      response.write(': beat\n\n');
      beat = setInterval(() => response.write(': beat\n\n'), BEAT_MS);
    };
    const end = (): void => {
      clearTimeout(expiry);
      clearInterval(beat);
      if (begun) response.end();
      resolve();
    };
    call.on('metadata', begin);
    call.on('data', (bytes: Buffer) => {
      begin();
      const json = toJson(output, fromBinary(output, bytes), { alwaysEmitImplicit: true, registry }) as StreamedJson;
      const head = `${json.position ? `id: ${json.position}\n` : ''}${json.type ? `event: ${json.type}\n` : ''}`;
      if (!response.write(`${head}data: ${JSON.stringify(json)}\n\n`)) {
        call.pause();
        response.once('drain', () => call.resume());
      }
    });
    call.on('end', end);
    call.on('error', (error: ServiceError) => {
      if (begun) {
        if (!response.writableEnded && error.details !== 'Cancelled on client') response.write(`event: error\ndata: ${JSON.stringify({ code: faultOf(error).code })}\n\n`);
      } else if (!response.destroyed) sendProblem(reply, faultOf(error), acceptLanguage);
      end();
    });
    response.on('close', () => call.cancel());
  });
}
