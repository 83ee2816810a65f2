import { TestIssuer } from '@naru/testing/issuer';
import { PLENTY, verifyReservations } from './reserving-ground.js';
import type { Bench, Figure, Row } from './row.js';
import { openShop, type Shop, shopFor } from './shop.js';
import type { ShoppingResult } from './shoppers-process.js';
import { median, spreadOf } from './statistics.js';

const IN_FLIGHT = 256;
const OFF_IN_FLIGHT = [16, 256];
const REPETITIONS = 5;
const SECONDS = 2;
const WARM_UP_SECONDS = 2;
const GOAL = 3;
/** Units of an item that is sold out on purpose. */
const FEW = 100;

/** Reservations of one item over gRPC, clients in another process: with the turnstile, and with a transaction per reservation. */
export const reserveHot: Row = {
  name: 'reserve_hot',
  async run(bench: Bench): Promise<Figure> {
    const issuer = await TestIssuer.start();
    const stops: (() => Promise<void>)[] = [() => issuer.stop()];
    try {
      const on = await openShop(bench, issuer, 'on', stops);
      const off = await openShop(bench, issuer, 'off', stops);
      const round = async (shop: Shop, inFlight: number, seconds: number): Promise<ShoppingResult> => shopFor(shop, await shop.ground.stockItems(1, PLENTY), inFlight, seconds);
      for (const shop of [on, off]) await round(shop, IN_FLIGHT, WARM_UP_SECONDS);
      for (const shop of [on, off]) await sellOut(shop);

      const ours: ShoppingResult[] = [];
      const theirs = new Map<number, ShoppingResult[]>(OFF_IN_FLIGHT.map((inFlight) => [inFlight, []]));
      for (let repetition = 1; repetition <= REPETITIONS; repetition++) {
        ours.push(await round(on, IN_FLIGHT, SECONDS));
        for (const inFlight of OFF_IN_FLIGHT) theirs.get(inFlight)!.push(await round(off, inFlight, SECONDS));
        const alone = OFF_IN_FLIGHT.map((inFlight) => Math.round(theirs.get(inFlight)!.at(-1)!.acceptedPerSecond));
        bench.say(`${repetition} of ${REPETITIONS}: ${Math.round(ours.at(-1)!.acceptedPerSecond)} reservations/s, off ${alone.join(', ')}`);
      }
      for (const { database } of [on, off]) await verifyReservations(database);
      return figureOf(ours, theirs);
    } finally {
      for (const stop of stops) await stop();
    }
  },
};

/** The last unit is reserved, and no more. */
async function sellOut(shop: Shop): Promise<void> {
  const { accepted, refused } = await shopFor(shop, await shop.ground.stockItems(1, BigInt(FEW)), IN_FLIGHT, 1);
  if (accepted !== FEW || refused === 0) throw new Error(`of ${FEW} units ${accepted} were reserved, ${refused} asked in vain`);
}

function figureOf(ours: readonly ShoppingResult[], theirs: ReadonlyMap<number, readonly ShoppingResult[]>): Figure {
  const perSecond = (inFlight: number): number[] => theirs.get(inFlight)!.map((result) => result.acceptedPerSecond);
  const best = OFF_IN_FLIGHT.reduce((one, other) => (median(perSecond(one)) >= median(perSecond(other)) ? one : other));
  const value = median(ours.map((result) => result.acceptedPerSecond));
  const baseline = median(perSecond(best));
  return {
    ...{ value, unit: 'reservations/s', baseline, ratio: value / baseline, p50: median(ours.map((result) => result.p50)), p99: median(ours.map((result) => result.p99)) },
    ...{ spread: spreadOf(ours.map((result, i) => result.acceptedPerSecond / perSecond(best)[i]!)), goal: `ratio ≥ ${GOAL}`, passed: value / baseline >= GOAL },
    notes: [`${IN_FLIGHT} in flight; baseline at ${best}; 0 oversold, of ${FEW} units exactly ${FEW} reserved on either`],
  };
}
