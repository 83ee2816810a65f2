/** Millimetres along the three axes: length, width, height. */
export type Triple = readonly [number, number, number];

/** A cuboid: its corner nearest to the origin, and the one farthest from it. */
export interface Cuboid {
  readonly near: Triple;
  readonly far: Triple;
}

function overlaps(a: Cuboid, b: Cuboid): boolean {
  return a.near[0] < b.far[0] && b.near[0] < a.far[0] && a.near[1] < b.far[1] && b.near[1] < a.far[1] && a.near[2] < b.far[2] && b.near[2] < a.far[2];
}

/** Whether the two have a point in common, be it only of their faces. */
function touches(a: Cuboid, b: Cuboid): boolean {
  return a.near[0] <= b.far[0] && b.near[0] <= a.far[0] && a.near[1] <= b.far[1] && b.near[1] <= a.far[1] && a.near[2] <= b.far[2] && b.near[2] <= a.far[2];
}

function contains(outer: Cuboid, inner: Cuboid): boolean {
  const [a, b, c, d] = [outer.near, inner.near, outer.far, inner.far];
  return a[0] <= b[0] && c[0] >= d[0] && a[1] <= b[1] && c[1] >= d[1] && a[2] <= b[2] && c[2] >= d[2];
}

function set(triple: Triple, axis: number, value: number): Triple {
  return axis === 0 ? [value, triple[1], triple[2]] : axis === 1 ? [triple[0], value, triple[2]] : [triple[0], triple[1], value];
}

/** Lowest first, then nearest: goods are laid from the bottom of the far wall upwards. The far corners make the order total. */
function compare(a: Cuboid, b: Cuboid): number {
  for (const axis of [2, 1, 0]) if (a.near[axis] !== b.near[axis]) return a.near[axis]! - b.near[axis]!;
  for (const axis of [2, 1, 0]) if (a.far[axis] !== b.far[axis]) return b.far[axis]! - a.far[axis]!;
  return 0;
}

/** An empty box as its free spaces: one. */
export function emptyBox(size: Triple): readonly Cuboid[] {
  return [{ near: [0, 0, 0], far: size }];
}

/**
 * The free spaces after `taken` has been filled. A free space is a largest empty cuboid; its near corner is an extreme point (Crainic, Perboli, Tadei,
 * INFORMS J. Computing 20(3) 2008), and what fits into the cuboid fits at the point without touching anything. Spaces whose sides, ascending,
 * are not at least those of `least` are dropped, as are those inside another.
 */
export function fill(spaces: readonly Cuboid[], taken: Cuboid, least: Triple): readonly Cuboid[] {
  const kept: Cuboid[] = [];
  const parts: Cuboid[] = [];
  for (const space of spaces) {
    if (!overlaps(space, taken)) {
      kept.push(space);
      continue;
    }
    for (let axis = 0; axis < 3; axis++) {
      if (taken.near[axis]! - space.near[axis]! >= least[0]) parts.push({ near: space.near, far: set(space.far, axis, taken.near[axis]!) });
      if (space.far[axis]! - taken.far[axis]! >= least[0]) parts.push({ near: set(space.near, axis, taken.far[axis]!), far: space.far });
    }
  }
  // Only parts can lie inside others: spaces that were kept did not grow. And what holds a part reaches the faces of the filled cuboid, as the part does.
  const beside = kept.filter((space) => touches(space, taken));
  const useful = parts.filter((part) => isLarge(part, least));
  const largest = useful.filter(
    (part, i) => !beside.some((space) => contains(space, part)) && !useful.some((other, j) => i !== j && contains(other, part) && (j < i || !contains(part, other))),
  );
  return merge(kept, largest.sort(compare));
}

/** The sides of a cuboid, ascending. */
export function ascendingSides([a, b, c]: Triple): Triple {
  const [low, high] = a < b ? [a, b] : [b, a];
  return c <= low ? [c, low, high] : c < high ? [low, c, high] : [low, high, c];
}

function isLarge({ near, far }: Cuboid, least: Triple): boolean {
  const [a, b, c] = ascendingSides([far[0] - near[0], far[1] - near[1], far[2] - near[2]]);
  return a >= least[0] && b >= least[1] && c >= least[2];
}

/** Two sorted lists as one. */
function merge(a: readonly Cuboid[], b: readonly Cuboid[]): readonly Cuboid[] {
  const merged: Cuboid[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) merged.push(compare(a[i]!, b[j]!) <= 0 ? a[i++]! : b[j++]!);
  while (i < a.length) merged.push(a[i++]!);
  while (j < b.length) merged.push(b[j++]!);
  return merged;
}
