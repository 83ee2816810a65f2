/** A point on the earth, microdegrees of WGS 84. */
export interface Position {
  readonly latitudeE6: number;
  readonly longitudeE6: number;
}

const EARTH_RADIUS_METRES = 6_371_009;

/** Whole metres along the great circle (haversine, mean radius of the earth). */
export function distanceMetres(a: Position, b: Position): bigint {
  const radians = (e6: number): number => (e6 / 1e6) * (Math.PI / 180);
  const half = (x: number): number => Math.sin(x / 2) ** 2;
  const h =
    half(radians(b.latitudeE6 - a.latitudeE6)) + Math.cos(radians(a.latitudeE6)) * Math.cos(radians(b.latitudeE6)) * half(radians(b.longitudeE6 - a.longitudeE6));
  return BigInt(Math.round(2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(h)))));
}

/** How much of what an order wants. Lines that ask for the same goods are one want. */
export type Wants = ReadonlyMap<string, bigint>;

/** A centre with what it could give of each want, and how far it is from the recipient; unknown where one of them has no position. */
export interface SourcingCentre {
  readonly centreId: string;
  readonly code: string;
  readonly distanceMetres: bigint | undefined;
  readonly free: ReadonlyMap<string, bigint>;
}

export type SourcingReason = 'nearest_with_all' | 'fewest_parcels' | 'nothing_there';

export interface Candidate {
  readonly centreId: string;
  readonly centreCode: string;
  readonly distanceMetres: bigint | undefined;
  /** How much of the order it could fill alone. */
  readonly couldFill: bigint;
  readonly chosen: boolean;
}

/** Where an order's goods come from, and why. */
export interface Sourced {
  readonly reason: SourcingReason;
  readonly asked: bigint;
  /** The chosen centres, the nearest first. */
  readonly centres: readonly string[];
  readonly candidates: readonly Candidate[];
}

/** Farther than any place on earth: a centre whose distance is unknown comes last. */
const UNKNOWN_DISTANCE = 100_000_000n;
const MAX_CENTRES = 12;

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function filled(wants: Wants, centres: readonly SourcingCentre[]): bigint {
  let sum = 0n;
  for (const [want, count] of wants) sum += least(count, centres.reduce((free, centre) => free + (centre.free.get(want) ?? 0n), 0n));
  return sum;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Chooses the centres of an order: the nearest that has all of it; where none has, those that fill the most of it, of these the fewest, of these the
 * nearest in sum, of these the first by code. The order in which the centres are given decides nothing.
 * @throws RangeError for more than 12 centres: every set of them is looked at.
 */
export function source(wants: Wants, given: readonly SourcingCentre[]): Sourced {
  if (given.length > MAX_CENTRES) throw new RangeError(`${given.length} centres are more than ${MAX_CENTRES}`);
  const far = ({ distanceMetres: metres }: SourcingCentre): bigint => metres ?? UNKNOWN_DISTANCE;
  const centres = given.toSorted((a, b) => compare(far(a), far(b)) || (a.code < b.code ? -1 : 1));
  const asked = [...wants.values()].reduce((sum, count) => sum + count, 0n);
  const alone = new Map(centres.map((centre) => [centre, filled(wants, [centre])]));
  const nearest = centres.find((centre) => alone.get(centre) === asked);
  const chosen = nearest ? [nearest] : best(wants, centres, far);
  return {
    reason: nearest ? 'nearest_with_all' : chosen.length === 0 ? 'nothing_there' : 'fewest_parcels',
    asked,
    centres: chosen.map(({ centreId }) => centreId),
    candidates: centres.map((centre) => ({
      centreId: centre.centreId,
      centreCode: centre.code,
      distanceMetres: centre.distanceMetres,
      couldFill: alone.get(centre)!,
      chosen: chosen.includes(centre),
    })),
  };
}

/** Sets are gone through so that of two equally good ones the first by distance and code stays. */
function best(wants: Wants, centres: readonly SourcingCentre[], far: (centre: SourcingCentre) => bigint): readonly SourcingCentre[] {
  let found: { set: readonly SourcingCentre[]; fills: bigint; metres: bigint } = { set: [], fills: 0n, metres: 0n };
  for (let mask = 1; mask < 1 << centres.length; mask++) {
    const set = centres.filter((_, i) => mask & (1 << i));
    const fills = filled(wants, set);
    const metres = set.reduce((sum, centre) => sum + far(centre), 0n);
    const order = compare(found.fills, fills) || set.length - found.set.length || compare(metres, found.metres);
    if (order < 0) found = { set, fills, metres };
  }
  return found.set;
}
