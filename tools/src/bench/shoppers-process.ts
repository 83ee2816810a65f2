import { credentials, Metadata } from '@grpc/grpc-js';
import { CreateReservationRequest, type CreateReservationResponse, ReservationServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import { codeOf } from '@naru/testing/refusals';
import { runChild } from './child.js';
import { closedLoop } from './load.js';
import { UNIT } from './reserving-ground.js';
import { quantile } from './statistics.js';

/** The shops' side of the wire: it knows the service by its address and has the merchant's token. */
export interface ShoppersOptions {
  readonly token: string;
}

export interface Shopping {
  readonly address: string;
  readonly networkId: string;
  /** Reserved in turn, one unit at a time. */
  readonly items: readonly string[];
  readonly inFlight: number;
  readonly seconds: number;
}

export interface ShoppingResult {
  readonly accepted: number;
  /** Refused because nothing was left. */
  readonly refused: number;
  readonly acceptedPerSecond: number;
  readonly answeredPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

const CALL_LIMIT_MS = 10_000;

await runChild<ShoppersOptions>(async ({ token }) => {
  const clients = new Map<string, ReservationServiceClient>();
  let keys = 0;

  async function shop({ address, networkId, items, inFlight, seconds }: Shopping): Promise<ShoppingResult> {
    let client = clients.get(address);
    if (!client) clients.set(address, (client = new ReservationServiceClient(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })));
    let sent = 0;
    let refused = 0;
    const load = await closedLoop(inFlight, seconds, async () => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${token}`);
      metadata.set('idempotency-key', `bench-${process.pid}-${keys++}`);
      const request = CreateReservationRequest.fromPartial({ networkId, itemId: items[sent++ % items.length]!, unit: UNIT, count: 1n });
      try {
        await new Promise<CreateReservationResponse>((resolve, reject) =>
          client.createReservation(request, metadata, { deadline: Date.now() + CALL_LIMIT_MS }, (error, answer) => (error ? reject(error) : resolve(answer))),
        );
      } catch (error) {
        if (codeOf(error) !== 'STOCK_SHORT') throw error;
        refused++;
      }
    });
    const accepted = load.done - refused;
    return {
      ...{ accepted, refused, acceptedPerSecond: (load.perSecond * accepted) / load.done, answeredPerSecond: load.perSecond },
      ...{ p50: quantile(load.latencies, 0.5), p99: quantile(load.latencies, 0.99) },
    };
  }

  return { ready: {}, answers: { shop }, stop: async () => clients.forEach((client) => client.close()) };
});
