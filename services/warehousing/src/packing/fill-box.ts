import { ascendingSides, type Cuboid, emptyBox, fill, type Triple } from './free-space.js';

/** Equal pieces to be packed. */
export interface Pieces {
  readonly key: string;
  readonly size: Triple;
  /** Of one piece. */
  readonly grams: number;
  readonly count: number;
  /** Turned about the vertical only. */
  readonly thisSideUp: boolean;
}

/** Equal pieces side by side in a grid. */
export interface Placement {
  readonly key: string;
  /** The grid's near corner in the box. */
  readonly at: Triple;
  /** A piece as it stands there: already turned. */
  readonly size: Triple;
  /** How many pieces along each axis. */
  readonly grid: Triple;
}

export interface Filling {
  readonly placements: readonly Placement[];
  /** What was left over, in the order in which it came. */
  readonly left: readonly Pieces[];
  readonly grams: number;
  readonly volume: number;
}

export function volumeOf([length, width, height]: Triple): number {
  return length * width * height;
}

/** The ways in which a piece may stand, flattest first, each once. */
function orientations({ size: [l, w, h], thisSideUp }: Pieces): readonly Triple[] {
  const all: readonly Triple[] = thisSideUp
    ? [[l, w, h], [w, l, h]] // prettier-ignore
    : [[l, w, h], [w, l, h], [l, h, w], [h, l, w], [w, h, l], [h, w, l]]; // prettier-ignore
  const unique = all.filter((a, i) => all.findIndex((b) => a.join() === b.join()) === i);
  return unique.sort((a, b) => a[2] - b[2] || b[0] - a[0]);
}

/** Whether one of the pieces fits an empty box in some way in which it may stand. */
export function fitsAlone(box: Triple, maxGrams: number, pieces: Pieces): boolean {
  return pieces.grams <= maxGrams && orientations(pieces).some((size) => size[0] <= box[0] && size[1] <= box[1] && size[2] <= box[2]);
}

/** The largest full grid of at most `count` pieces in a space: whole layers, else whole rows, else part of one row. */
function gridIn(space: Triple, piece: Triple, count: number): Triple {
  const [nx, ny, nz] = [Math.floor(space[0] / piece[0]), Math.floor(space[1] / piece[1]), Math.floor(space[2] / piece[2])];
  if (nx === 0 || ny === 0 || nz === 0) return [0, 0, 0];
  if (count >= nx * ny) return [nx, ny, Math.min(nz, Math.floor(count / (nx * ny)))];
  return count >= nx ? [nx, Math.floor(count / nx), 1] : [count, 1, 1];
}

interface Candidate extends Placement {
  readonly pieces: number;
}

/** The best grid at the first space that takes any: most pieces, then lowest, then flattest. */
function place(spaces: readonly Cuboid[], pieces: Pieces, ways: readonly Triple[], count: number): Candidate | undefined {
  for (const { near, far } of spaces) {
    const room: Triple = [far[0] - near[0], far[1] - near[1], far[2] - near[2]];
    let best: Candidate | undefined;
    for (const size of ways) {
      if (size[0] > room[0] || size[1] > room[1] || size[2] > room[2]) continue;
      const grid = gridIn(room, size, count);
      const number = volumeOf(grid);
      if (!best || number > best.pieces || (number === best.pieces && size[2] * grid[2] < best.size[2] * best.grid[2]))
        best = { key: pieces.key, at: near, size, grid, pieces: number };
    }
    if (best) return best;
  }
  return undefined;
}

/**
 * Fills one box of inner size `box` with as much as a first-fit at extreme points lays into it, up to `maxGrams`. Pieces come largest first: that order
 * is the caller's. A rule of thumb, not an optimum: what hangs over is carried by the filling material. The same pieces in the same order give the same box.
 */
export function fillBox(box: Triple, maxGrams: number, all: readonly Pieces[]): Filling {
  const placements: Placement[] = [];
  const left: Pieces[] = [];
  let spaces = emptyBox(box);
  let [grams, volume] = [0, 0];
  const boxVolume = volumeOf(box);
  // The least sides, ascending, of the pieces from each on: a space that is smaller takes none of those still to come.
  const least: Triple[] = all.map(({ size }) => ascendingSides(size));
  for (let i = least.length - 2; i >= 0; i--) {
    const [here, later] = [least[i]!, least[i + 1]!];
    least[i] = [Math.min(here[0], later[0]), Math.min(here[1], later[1]), Math.min(here[2], later[2])];
  }
  all.forEach((pieces, i) => {
    let count = pieces.count;
    const piece = volumeOf(pieces.size);
    const ways = orientations(pieces);
    while (count > 0 && spaces.length > 0) {
      const bearable = Math.min(count, Math.floor((maxGrams - grams) / pieces.grams), Math.floor((boxVolume - volume) / piece));
      if (bearable <= 0) break;
      const best = place(spaces, pieces, ways, bearable);
      if (!best) break;
      const { pieces: number, ...placement } = best;
      const { at, size, grid } = placement;
      placements.push(placement);
      spaces = fill(spaces, { near: at, far: [at[0] + size[0] * grid[0], at[1] + size[1] * grid[1], at[2] + size[2] * grid[2]] }, least[i]!);
      count -= number;
      grams += number * pieces.grams;
      volume += number * piece;
    }
    if (count > 0) left.push({ ...pieces, count });
  });
  return { placements, left, grams, volume };
}
