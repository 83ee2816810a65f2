import { isUtf8 } from 'node:buffer';
import type { AddressInfo } from 'node:net';
import { Metadata, type ServiceError, credentials } from '@grpc/grpc-js';
import { context, propagation, trace } from '@opentelemetry/api';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { Bid, Lot, LotServiceClient, PlaceBidRequest } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import type { Money } from '@naru/contracts/gen/naru/type/v1/money';
import { failureOf } from '@naru/gateway/transcode/backend';
import { EdgeRefused, type Fault, faultOf, sendProblem } from '@naru/gateway/transcode/problem';
import { traceRequests } from '@naru/gateway/transcode/request-span';
import type { TokenVerifier } from '@naru/platform/auth/verifier';

/**
 * The baseline of the gateway: two routes as a careful engineer writes them by hand with Fastify and the typed client that ts-proto generates.
 * It promises what ours does: the token is checked before the body is read, the four fixed headers, a span in the caller's trace that goes on to
 * the service, headers and the Idempotency-Key checked, no unknown field, no number that cannot hold 64 bits, deadline, cancelled with
 * its client, problem documents.
 */

export interface EdgeOptions {
  readonly auctionAddress: string;
  readonly verifier: TokenVerifier;
}

const CALL_LIMIT_MS = 10_000;
const BODY_LIMIT = 4 * 1024 * 1024;
const FIXED_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' };
const JSON_TYPE = 'application/json; charset=utf-8';
const KEY = /^[\x21-\x7e]{1,64}$/;
const PRINTABLE = /^[\x20-\x7e]{1,8192}$/;
const FORWARDED = ['authorization', 'idempotency-key', 'if-match', 'accept-language'] as const;
const INT64 = /^-?\d{1,20}$/;
const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

type Violation = NonNullable<Fault['errors']>[number];

export async function startHandWrittenEdge({ auctionAddress, verifier }: EdgeOptions): Promise<{ readonly port: number; close(): Promise<void> }> {
  const lots = new LotServiceClient(auctionAddress, credentials.createInsecure(), { 'grpc.enable_retries': 0, 'grpc.max_receive_message_length': 8 * 1024 * 1024 });
  const app = Fastify({ bodyLimit: BODY_LIMIT });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined);
    try {
      if (!isUtf8(bytes as Buffer)) throw new Error('not UTF-8');
      done(null, JSON.parse(bytes.toString('utf8')));
    } catch {
      done(malformed([{ field: '', code: 'json', detail: 'the body is not JSON in UTF-8' }]));
    }
  });
  app.setErrorHandler((error: FastifyError | EdgeRefused, _request, reply) => sendProblem(reply, error instanceof EdgeRefused ? error.fault : { code: 'INTERNAL' }));
  traceRequests(app);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(FIXED_HEADERS);
    done();
  });
  const admit = async (request: FastifyRequest): Promise<void> => {
    if (!(await verifier.verify(request.headers.authorization))) throw new EdgeRefused({ code: 'UNAUTHENTICATED' });
  };

  app.get<{ Params: { lotId: string } }>('/v1/lots/:lotId', { onRequest: admit }, (request, reply) => {
    refuseUnknown(request.query as object, []);
    const call = lots.getLot({ lotId: request.params.lotId }, metadataOf(request, false), { deadline: Date.now() + CALL_LIMIT_MS }, (error, answer) => finish(reply, error, () => lotJson(answer.lot!)));
    return cancelWithClient(reply, call);
  });

  app.post<{ Params: { lotId: string } }>('/v1/lots/:lotId/bids', { onRequest: admit }, (request, reply) => {
    const bid: PlaceBidRequest = { lotId: request.params.lotId, limit: limitOf(request.body) };
    const call = lots.placeBid(bid, metadataOf(request, true), { deadline: Date.now() + CALL_LIMIT_MS }, (error, answer) => finish(reply, error, () => bidJson(answer.bid!)));
    return cancelWithClient(reply, call);
  });

  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    port: (app.server.address() as AddressInfo).port,
    async close() {
      await app.close();
      lots.close();
    },
  };
}

function metadataOf(request: FastifyRequest, needsKey: boolean): Metadata {
  const { headers } = request;
  const key = headers['idempotency-key'];
  if (needsKey && (typeof key !== 'string' || !KEY.test(key))) throw new EdgeRefused({ code: 'IDEMPOTENCY_KEY_MISSING' });
  const metadata = new Metadata();
  for (const name of FORWARDED) {
    const value = headers[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !PRINTABLE.test(value)) throw malformed([{ field: name, code: 'header', detail: 'must be printable ASCII' }]);
    metadata.set(name, value);
  }
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), request.span!), carrier);
  for (const [name, value] of Object.entries(carrier)) metadata.set(name, value);
  return metadata;
}

function malformed(errors: readonly Violation[]): EdgeRefused {
  return new EdgeRefused({ code: 'INVALID_ARGUMENT', errors });
}

function refuseUnknown(given: object, known: readonly string[], path = ''): void {
  const errors = Object.keys(given).flatMap((name) => (known.includes(name) ? [] : [{ field: path + name, code: 'unknown', detail: 'there is no such field' }]));
  if (errors.length > 0) throw malformed(errors);
}

function limitOf(body: unknown): Money | undefined {
  if (body === undefined) return undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed([{ field: '', code: 'type', detail: 'the body must be an object' }]);
  refuseUnknown(body, ['limit']);
  const { limit } = body as { limit?: unknown };
  if (limit === undefined) return undefined;
  if (typeof limit !== 'object' || limit === null || Array.isArray(limit)) throw malformed([{ field: 'limit', code: 'type', detail: 'must be an object' }]);
  refuseUnknown(limit, ['currency', 'amount'], 'limit.');
  const { currency = '', amount = '0' } = limit as { currency?: unknown; amount?: unknown };
  if (typeof currency !== 'string' || !currency.isWellFormed()) throw malformed([{ field: 'limit.currency', code: 'type', detail: 'must be a string' }]);
  const isInteger = typeof amount === 'string' ? INT64.test(amount) : Number.isSafeInteger(amount);
  if (!isInteger) throw malformed([{ field: 'limit.amount', code: 'type', detail: 'must be an integer in a string' }]);
  const whole = BigInt(amount as string | number);
  if (whole < LEAST || whole > MOST) throw malformed([{ field: 'limit.amount', code: 'range', detail: `must lie between ${LEAST} and ${MOST}` }]);
  return { currency, amount: whole };
}

function finish(reply: FastifyReply, error: ServiceError | null, json: () => object): void {
  if (error) sendProblem(reply, faultOf(failureOf(error)));
  else void reply.type(JSON_TYPE).send(JSON.stringify(json()));
}

function cancelWithClient(reply: FastifyReply, call: { cancel(): void }): FastifyReply {
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) call.cancel();
  });
  return reply;
}

function moneyJson(money: Money): object {
  return { currency: money.currency, amount: String(money.amount) };
}

function lotJson(lot: Lot): object {
  const { goods, startPrice, price, minimumBid, openedAt, closesAt, closedAt, hammerAmount } = lot;
  return {
    lotId: lot.lotId,
    code: lot.code,
    marketId: lot.marketId,
    sessionId: lot.sessionId,
    position: lot.position,
    consignmentId: lot.consignmentId,
    ...(goods && { goods: { ...goods, ...(goods.tradeUnit && { tradeUnit: { ...goods.tradeUnit, size: String(goods.tradeUnit.size) } }) } }),
    quantity: String(lot.quantity),
    weighedGrams: String(lot.weighedGrams),
    phase: lot.phase,
    ...(startPrice && { startPrice: moneyJson(startPrice) }),
    ...(price && { price: moneyJson(price) }),
    ...(minimumBid && { minimumBid: moneyJson(minimumBid) }),
    leading: lot.leading,
    sequence: String(lot.sequence),
    ...(openedAt && { openedAt: openedAt.toISOString() }),
    ...(closesAt && { closesAt: closesAt.toISOString() }),
    ...(closedAt && { closedAt: closedAt.toISOString() }),
    ...(hammerAmount && { hammerAmount: moneyJson(hammerAmount) }),
  };
}

function bidJson(bid: Bid): object {
  return {
    lotId: bid.lotId,
    sequence: String(bid.sequence),
    organizationId: bid.organizationId,
    ...(bid.limit && { limit: moneyJson(bid.limit) }),
    ...(bid.stampedAt && { stampedAt: bid.stampedAt.toISOString() }),
    leading: bid.leading,
    ...(bid.price && { price: moneyJson(bid.price) }),
  };
}
