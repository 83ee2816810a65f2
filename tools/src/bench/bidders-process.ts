import { credentials, Metadata } from '@grpc/grpc-js';
import { LotServiceClient, type PlaceBidResponse } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { codeOf } from '@naru/testing/refusals';
import { CURRENCY, START_PRICE, STEP } from './bidding-ground.js';
import { runChild } from './child.js';
import { closedLoop } from './load.js';
import { quantile } from './statistics.js';

/** The bidders' side of the wire: it knows the service by its address and has a token for each organization. */
export interface BiddersOptions {
  readonly tokens: readonly string[];
}

export interface Round {
  readonly address: string;
  readonly lotId: string;
  readonly inFlight: number;
  readonly seconds: number;
}

export interface RoundResult {
  readonly accepted: number;
  /** Answered by a refusal of the rules: a bid that others had passed on the way. */
  readonly refused: number;
  readonly acceptedPerSecond: number;
  readonly answeredPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

const CALL_LIMIT_MS = 10_000;

await runChild<BiddersOptions>(async ({ tokens }) => {
  const clients = new Map<string, LotServiceClient>();
  let keys = 0;

  async function round({ address, lotId, inFlight, seconds }: Round): Promise<RoundResult> {
    let client = clients.get(address);
    if (!client) clients.set(address, (client = new LotServiceClient(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })));
    let sent = 0n;
    let refused = 0;
    const load = await closedLoop(inFlight, seconds, async () => {
      const number = sent++;
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${tokens[Number(number) % tokens.length]!}`);
      metadata.set('idempotency-key', `bench-${process.pid}-${keys++}`);
      const limit = { currency: CURRENCY, amount: START_PRICE + number * STEP };
      try {
        await new Promise<PlaceBidResponse>((resolve, reject) =>
          client.placeBid({ lotId, limit }, metadata, { deadline: Date.now() + CALL_LIMIT_MS }, (error, answer) => (error ? reject(error) : resolve(answer))),
        );
      } catch (error) {
        if (codeOf(error) !== 'BID_TOO_LOW') throw error;
        refused++;
      }
    });
    const accepted = load.done - refused;
    return {
      ...{ accepted, refused, acceptedPerSecond: (load.perSecond * accepted) / load.done, answeredPerSecond: load.perSecond },
      ...{ p50: quantile(load.latencies, 0.5), p99: quantile(load.latencies, 0.99) },
    };
  }

  return { ready: {}, answers: { round }, stop: async () => clients.forEach((client) => client.close()) };
});
