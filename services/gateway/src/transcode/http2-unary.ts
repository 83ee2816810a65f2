import { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders, connect, constants } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { DETAILS_KEY } from '@naru/platform/rpc/status';
import { type Backend, type CallFailure, MAX_MESSAGE_BYTES } from './backend.js';

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;
const PREFIX_BYTES = 5;
const STREAM_WINDOW_BYTES = 1024 * 1024;
const SESSION_WINDOW_BYTES = 8 * 1024 * 1024;
/** A connection over which a deadline passed must answer a ping within this time, or it is given up. */
const PING_LIMIT_MS = 2000;

/** Statuses of HTTP that something between us and the service may answer (gRPC over HTTP/2, HTTP to gRPC status). */
const OF_HTTP: Readonly<Record<number, status>> = { 429: status.UNAVAILABLE, 502: status.UNAVAILABLE, 503: status.UNAVAILABLE, 504: status.UNAVAILABLE };

/**
 * Unary calls of gRPC over one HTTP/2 connection, without the layers of grpc-js: a third to a half of its CPU per call.
 * No TLS, no compression, one address, no retries: commands are repeated by their senders, under their key.
 */
export function http2Unary(address: string): { readonly unary: Backend['unary']; close(): void } {
  let current: ClientHttp2Session | undefined;

  const session = (): ClientHttp2Session => {
    if (current && !current.closed && !current.destroyed) return current;
    const opened = connect(`http://${address}`, { settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES } });
    const forget = (): void => {
      if (current === opened) current = undefined;
    };
    opened.on('connect', () => opened.setLocalWindowSize(SESSION_WINDOW_BYTES));
    opened.on('error', forget); // its calls hear of it themselves
    opened.on('goaway', forget);
    opened.on('close', forget);
    return (current = opened);
  };

  const unary: Backend['unary'] = (path, request, headers, deadline, onEnd) => {
    const over = session();
    const limitMs = Math.max(0, Math.ceil(deadline - Date.now()));
    const stream = over.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', 'grpc-timeout': `${limitMs}m`, ...headers });
    const call = new Answer(stream, onEnd);
    call.timer = setTimeout(() => {
      call.fail({ status: status.DEADLINE_EXCEEDED });
      giveUpUnlessAlive(over);
    }, limitMs);
    stream.end(framed(request));
    return call;
  };
  return { unary, close: () => current?.close() };
}

function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, PREFIX_BYTES);
  return frame;
}

function giveUpUnlessAlive(session: ClientHttp2Session): void {
  if (session.destroyed) return;
  const late = setTimeout(() => session.destroy(), PING_LIMIT_MS);
  session.once('close', () => clearTimeout(late));
  session.ping(() => clearTimeout(late));
}

/** One answer as it comes in. It ends once, whatever comes first. */
class Answer {
  timer: NodeJS.Timeout | undefined;
  readonly #stream: ClientHttp2Stream;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #httpStatus = 0;
  #status: number | undefined;
  #statusDetails: Buffer | undefined;
  #onEnd: Parameters<Backend['unary']>[4] | undefined;

  constructor(stream: ClientHttp2Stream, onEnd: Parameters<Backend['unary']>[4]) {
    this.#stream = stream;
    this.#onEnd = onEnd;
    stream.on('response', (headers) => {
      this.#httpStatus = Number(headers[':status']);
      this.#read(headers); // an answer without a message has its status here
    });
    stream.on('trailers', (headers: IncomingHttpHeaders) => this.#read(headers));
    stream.on('data', (chunk: Buffer) => {
      this.#length += chunk.length;
      this.#chunks.push(chunk);
      if (this.#length > PREFIX_BYTES + MAX_MESSAGE_BYTES) this.fail({ status: status.RESOURCE_EXHAUSTED });
    });
    stream.on('end', () => {
      if (this.#status !== undefined) this.#finish();
    });
    stream.on('error', () => this.fail({ status: status.UNAVAILABLE })); // refused, cut off, or the connection never came about
    stream.on('close', () => this.#finish());
  }

  cancel(): void {
    this.fail({ status: status.CANCELLED });
  }

  /** Ends the call here, and tells the service where it still runs. */
  fail(failure: CallFailure): void {
    if (!this.#onEnd) return;
    this.#end(failure);
    this.#stream.close(NGHTTP2_CANCEL);
  }

  #read(headers: IncomingHttpHeaders): void {
    const code = headers['grpc-status'];
    if (code === undefined) return;
    this.#status = Number(code);
    const details = headers[DETAILS_KEY];
    if (typeof details === 'string') this.#statusDetails = Buffer.from(details, 'base64');
  }

  #finish(): void {
    if (!this.#onEnd) return;
    if (this.#status === undefined) this.#end({ status: this.#statusOfBroken() });
    else if (this.#status !== status.OK) this.#end({ status: this.#status, statusDetails: this.#statusDetails });
    else this.#deliver();
  }

  #statusOfBroken(): status {
    if (this.#httpStatus !== 0 && this.#httpStatus !== 200) return OF_HTTP[this.#httpStatus] ?? status.INTERNAL;
    return this.#stream.rstCode === NGHTTP2_NO_ERROR ? status.INTERNAL : status.UNAVAILABLE;
  }

  #deliver(): void {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const isWhole = bytes.length >= PREFIX_BYTES && bytes[0] === 0 && bytes.readUInt32BE(1) === bytes.length - PREFIX_BYTES;
    if (isWhole) this.#end(null, bytes.subarray(PREFIX_BYTES));
    else this.#end({ status: status.INTERNAL });
  }

  #end(failure: CallFailure | null, answer?: Buffer): void {
    const onEnd = this.#onEnd!;
    this.#onEnd = undefined;
    clearTimeout(this.timer);
    onEnd(failure, answer);
  }
}
