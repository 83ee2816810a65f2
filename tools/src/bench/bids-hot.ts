import { TestIssuer } from '@naru/testing/issuer';
import type { TestDatabase } from '@naru/testing/test-database';
import type { AuctionOptions } from './auction-process.js';
import { type BiddingGround, countBids, layBiddingGround, verifyBids } from './bidding-ground.js';
import type { BiddersOptions, Round, RoundResult } from './bidders-process.js';
import { type Child, startChild } from './child.js';
import type { Bench, Figure, Row } from './row.js';
import { median, spreadOf } from './statistics.js';

const IN_FLIGHT = 256;
const OFF_IN_FLIGHT = [16, 256];
const REPETITIONS = 5;
const SECONDS = 2;
const WARM_UP_SECONDS = 2;
const GOAL = 5;
const TOKEN_SECONDS = 3_600;

/** A service on a database of its own: two on one would share its relay. */
interface Seller {
  readonly database: TestDatabase;
  readonly ground: BiddingGround;
  readonly process: Child;
}

/** Bids on one lot over gRPC, clients in another process: with the turnstile, and with a transaction per bid. */
export const bidsHot: Row = {
  name: 'bids_hot',
  async run(bench: Bench): Promise<Figure> {
    const issuer = await TestIssuer.start();
    const stops: (() => Promise<void>)[] = [() => issuer.stop()];
    try {
      const on = await startSeller(bench, issuer, 'on', stops);
      const off = await startSeller(bench, issuer, 'off', stops);
      const bidders = new Map<Seller, Child>();
      for (const seller of [on, off]) {
        const tokens = await Promise.all(seller.ground.bidders.map((organizationId) => issuer.token({ organizationId, roles: ['bidder'], expiresInSeconds: TOKEN_SECONDS })));
        const child = await startChild('bidders-process.js', { tokens } satisfies BiddersOptions);
        stops.unshift(() => child.stop());
        bidders.set(seller, child);
      }
      const round = (seller: Seller, inFlight: number, seconds: number): Promise<RoundResult> => play(seller, bidders.get(seller)!, inFlight, seconds);
      for (const seller of [on, off]) await round(seller, IN_FLIGHT, WARM_UP_SECONDS);

      const ours: RoundResult[] = [];
      const theirs = new Map<number, RoundResult[]>(OFF_IN_FLIGHT.map((inFlight) => [inFlight, []]));
      for (let repetition = 1; repetition <= REPETITIONS; repetition++) {
        ours.push(await round(on, IN_FLIGHT, SECONDS));
        for (const inFlight of OFF_IN_FLIGHT) theirs.get(inFlight)!.push(await round(off, inFlight, SECONDS));
        const refused = OFF_IN_FLIGHT.map((inFlight) => theirs.get(inFlight)!.at(-1)!).map(({ answeredPerSecond, refused: n }) => `${Math.round(answeredPerSecond)} (${n} refused)`);
        bench.say(`${repetition} of ${REPETITIONS}: ${Math.round(ours.at(-1)!.acceptedPerSecond)} bids/s (${ours.at(-1)!.refused} refused), off ${refused.join(', ')}`);
      }
      for (const { database } of [on, off]) await verifyBids(database);
      return figureOf(ours, theirs);
    } finally {
      for (const stop of stops) await stop();
    }
  },
};

/** Ours counts what it accepted, the baseline whatever it answered: without the turnstile bids overtake each other on the way, and a refusal is no less work. */
function figureOf(ours: readonly RoundResult[], theirs: ReadonlyMap<number, readonly RoundResult[]>): Figure {
  const answered = (inFlight: number): number[] => theirs.get(inFlight)!.map((result) => result.answeredPerSecond);
  const best = OFF_IN_FLIGHT.reduce((one, other) => (median(answered(one)) >= median(answered(other)) ? one : other));
  const value = median(ours.map((result) => result.acceptedPerSecond));
  const baseline = median(answered(best));
  return {
    ...{ value, unit: 'bids/s', baseline, ratio: value / baseline, p50: median(ours.map((result) => result.p50)), p99: median(ours.map((result) => result.p99)) },
    ...{ spread: spreadOf(ours.map((result, i) => result.acceptedPerSecond / answered(best)[i]!)), goal: `ratio ≥ ${GOAL}`, passed: value / baseline >= GOAL },
    notes: [`${IN_FLIGHT} in flight; baseline at ${best}, its refusals counted as answers`],
  };
}

async function startSeller(bench: Bench, issuer: TestIssuer, turnstile: 'on' | 'off', stops: (() => Promise<void>)[]): Promise<Seller> {
  const database = await (await bench.ground()).database();
  stops.unshift(() => database.drop());
  const ground = await layBiddingGround(database);
  const options: AuctionOptions = { databaseUrl: database.services.get('auction')!.databaseUrl, issuer: issuer.issuer, jwksUrl: issuer.jwksUrl, turnstile };
  const process = await startChild('auction-process.js', options);
  stops.unshift(() => process.stop());
  return { database, ground, process };
}

/** One round on a lot of its own. Ends when its events are out: they are not the next round's burden. */
async function play({ database, ground, process }: Seller, bidders: Child, inFlight: number, seconds: number): Promise<RoundResult> {
  const lotId = await ground.openLot();
  const result = await bidders.ask<RoundResult>('round', { address: process.ready['address'] as string, lotId, inFlight, seconds } satisfies Round);
  while (!(await process.ask<boolean>('isSettled'))) await new Promise((resolve) => setTimeout(resolve, 20));
  await countBids(database, lotId, result.accepted);
  await database.query('vacuum analyze auction.lots, auction.bidders, auction.bids, auction.outbox, auction.idempotency');
  return result;
}
