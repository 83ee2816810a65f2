import type { ServiceError } from '@grpc/grpc-js';
import type { FastifyReply } from 'fastify';
import type { Rpc } from '@naru/contracts/registry';
import type { Ended } from '@naru/platform/auth/revocations';
import { jsonWriter } from './answer.js';
import { type Backend, type CallHeaders, failureOf } from './backend.js';
import { faultOf, sendProblem } from './problem.js';

const BEAT_MS = 15_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const HEAD = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };

export interface StreamRequest {
  readonly bytes: Buffer;
  readonly headers: CallHeaders;
  /** System time at which the caller's token ends; Infinity without one. */
  readonly expiresAt: number;
  /** Calls back when the token ends before its time; gives the way to stop. */
  readonly onEnded: (end: (code: Ended) => void) => () => void;
}

/** The streams that are open, so that a gateway that closes can end them: clients come back with Last-Event-ID. */
export type OpenStreams = Set<() => void>;

/**
 * How a server stream is answered as server-sent events. A refusal before the first message is a problem document with
 * its status; after that an `error` event ends the stream. A slow reader slows the service. Ends with the token, or before
 * with an `error` event when what the token stands on is revoked.
 */
export function eventStreamOf(rpc: Rpc, backend: Backend, open: OpenStreams): (request: StreamRequest, reply: FastifyReply) => Promise<void> {
  const json = jsonWriter(rpc.method.output);
  const textOf = (bytes: Buffer): string => {
    const message = json(bytes);
    const { position, type } = message;
    return `${typeof position === 'string' && position !== '' ? `id: ${position}\n` : ''}${typeof type === 'string' && type !== '' ? `event: ${type}\n` : ''}data: ${JSON.stringify(message)}\n\n`;
  };
  return ({ bytes, headers, expiresAt, onEnded }, reply) =>
    new Promise((resolve) => {
      const response = reply.raw;
      const call = backend.stream(rpc.path, bytes, headers);
      const leave = (): void => call.cancel();
      const expiry = Number.isFinite(expiresAt) ? setTimeout(leave, Math.min(Math.max(0, expiresAt - Date.now()), LONGEST_TIMER_MS)) : undefined;
      let beat: NodeJS.Timeout | undefined;
      let isPaused = false;
      open.add(leave);
      response.once('close', leave);

      let ended: Ended | undefined;
      const forget = onEnded((code) => {
        ended = code;
        leave();
      });

      const begin = (): void => {
        if (beat) return;
        const set = reply.getHeaders() as Record<string, string>;
        reply.hijack();
        response.writeHead(200, { ...set, ...HEAD });
        response.write(': beat\n\n');
        beat = setInterval(() => response.write(': beat\n\n'), BEAT_MS);
      };
      const end = (): void => {
        clearTimeout(expiry);
        clearInterval(beat);
        forget();
        open.delete(leave);
        response.off('close', leave);
        if (beat) response.end();
        resolve();
      };
      call.on('metadata', begin);
      call.on('data', (message: Buffer) => {
        begin();
        if (response.write(textOf(message)) || isPaused) return;
        isPaused = true;
        call.pause();
        response.once('drain', () => {
          isPaused = false;
          call.resume();
        });
      });
      call.on('end', end);
      call.on('error', (error: ServiceError) => {
        const isOurs = error.details === 'Cancelled on client'; // the client left, its token ended, or the gateway closes
        const fault = ended ? { code: ended } : isOurs ? undefined : faultOf(failureOf(error));
        if (!beat && !response.destroyed) sendProblem(reply, fault ?? { code: 'UNAVAILABLE' });
        else if (beat && fault && response.writable) response.write(`event: error\ndata: ${JSON.stringify({ code: fault.code })}\n\n`);
        end();
      });
    });
}
