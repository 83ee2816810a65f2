import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { startTelemetry } from '@naru/platform/telemetry-start';
import { send } from '@naru/tools/api/client';
import { ALL_ROLES, type Consigned, type Hall, callTruck, consign, openHall, soundLine } from './market-hall.js';
import { type Party, type TestSystem, key, startTestSystem, until } from './test-system.js';

const exporter = new InMemorySpanExporter();
let stopTelemetry: () => Promise<void>;
let system: TestSystem;
let owner: Party;
let hall: Hall;
let consigned: Consigned;

beforeAll(async () => {
  stopTelemetry = await startTelemetry({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  system = await startTestSystem();
  owner = await system.newParty('Owner', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  await system.settle();
  hall = await openHall(owner);
  consigned = await consign(system, owner, hall);
});

afterAll(async () => {
  await system?.close();
  await stopTelemetry?.();
});

const CALLER_SPAN = '00f067aa0ba902b7';

/** A trace that a caller begins. */
const newTrace = (): { id: string; header: string } => {
  const id = crypto.randomUUID().replaceAll('-', '');
  return { id, header: `00-${id}-${CALLER_SPAN}-01` };
};

const spansOf = (traceId: string): readonly ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);

/** The spans from `last` up to the caller's own, first the outermost. */
function chainTo(last: ReadableSpan, spans: readonly ReadableSpan[]): readonly ReadableSpan[] {
  const parent = last.parentSpanContext?.spanId;
  if (parent === undefined || parent === CALLER_SPAN) return [last];
  return [...chainTo(spans.find((span) => span.spanContext().spanId === parent)!, spans), last];
}

const shown = (span: ReadableSpan): string => `${(span.attributes['naru.service'] as string | undefined) ?? '-'}: ${span.name}`;

describe('one trace', () => {
  it('goes from the HTTP request through the gateway, warehousing, its outbox and the bus to the lot of the auction', async () => {
    const appointmentId = await callTruck(owner, hall, [consigned.consignmentId]);
    const trace = newTrace();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await owner.api.token()}`, 'idempotency-key': key(), traceparent: trace.header };
    const answer = await send('POST', `${system.url}/v1/appointments/${appointmentId}/receipts`, headers, JSON.stringify(soundLine(hall, consigned)));
    expect(answer.status).toBe(200);
    await system.settle();
    expect(await owner.api.get(`/v1/lots/${consigned.lotId}`)).toMatchObject({ phase: 'LOT_PHASE_RECEIVED' });

    const spans = spansOf(trace.id);
    const effect = spans.find((span) => span.name === 'consume naru.warehousing.v1.ConsignmentReceived')!;
    expect(chainTo(effect, spans).map(shown)).toEqual([
      'gateway: POST /v1/appointments/{appointment_id}/receipts',
      'warehousing: /naru.warehousing.v1.ReceiptService/ReceiveLine',
      '-: publish naru.warehousing.v1.ConsignmentReceived',
      'auction: consume naru.warehousing.v1.ConsignmentReceived',
    ]);
    const [http] = chainTo(effect, spans);
    expect(http!.parentSpanContext).toMatchObject({ traceId: trace.id, spanId: CALLER_SPAN, isRemote: true });
    expect(new Set(spans.flatMap((span) => span.attributes['naru.service'] ?? []))).toEqual(new Set(['gateway', 'warehousing', 'auction']));
  });

  it('of a bid goes through the turnstile to its event', async () => {
    const trace = newTrace();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await owner.api.token()}`, 'idempotency-key': key(), traceparent: trace.header };
    const { sessionId } = await owner.api.post<{ sessionId: string }>(`/v1/markets/${hall.marketId}/sessions`, { name: 'x', businessDay: '2022-06-23' }, key());
    await owner.api.post(`/v1/lots/${consigned.lotId}:list`, { sessionId, startPriceAmount: '1000' }, key());
    await owner.api.post(`/v1/sessions/${sessionId}:start`, {}, key());
    const buyer = await system.newParty('Buyer', 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder']);
    const admission = { organizationId: buyer.organizationId, categories: ['CATEGORY_FRUIT_AND_VEGETABLE'], licensedUntil: '2030-01-01T00:00:00Z', depositAmount: '1000000', creditAmount: '0' };
    await owner.api.post(`/v1/markets/${hall.marketId}/bidders`, admission, key());
    const body = JSON.stringify({ limit: { currency: 'KRW', amount: '1000' } });
    const answer = await send('POST', `${system.url}/v1/lots/${consigned.lotId}/bids`, { ...headers, authorization: `Bearer ${await buyer.api.token()}` }, body);
    expect(answer.status).toBe(200);
    const spans = spansOf(trace.id);
    const published = spans.find((span) => span.name === 'publish naru.auction.v1.BidPlaced')!;
    expect(chainTo(published, spans).map(shown)).toEqual(['gateway: POST /v1/lots/{lot_id}/bids', 'auction: /naru.auction.v1.LotService/PlaceBid', '-: publish naru.auction.v1.BidPlaced']);
  });

  it('of a refusal is named in its problem document and ends in the audit log of identity', async () => {
    const trace = newTrace();
    const answer = await send('GET', `${system.url}/v1/audit-entries`, { authorization: `Bearer ${await owner.api.token()}`, traceparent: trace.header });
    expect(answer).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED', trace_id: trace.id } });
    await until(async () => (await system.database.query(`select 1 from identity.audit_entries where action = 'REFUSED' and code = 'PERMISSION_DENIED'`)).length > 0);
  });
});
