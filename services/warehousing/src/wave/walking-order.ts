/** Parts of a location code: `A1-03-2` is aisle A1, bay 03, level 2. */
interface Stop {
  readonly aisle: string;
  readonly bay: number;
  readonly level: number;
}

/** The aisle, bay and level that a code names; nothing for a code of another form. */
function stopOf(code: string): Stop | undefined {
  const match = /^(.+)-(\d+)-(\d+)$/.exec(code);
  return match ? { aisle: match[1]!, bay: Number(match[2]), level: Number(match[3]) } : undefined;
}

/** Codes as people read them: `A2` before `A10`. */
export function compareCodes(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y) continue;
    const byNumber = i % 2 === 1 ? Number(x) - Number(y) : 0;
    return byNumber !== 0 ? byNumber : x < y ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * The codes in the order in which one picker walks past them, each once.
 *
 * The walk is a serpentine (S-shape): aisles in the order of their codes, those without a stop left out; the first is walked from its lowest bay to its
 * highest, the next from its highest to its lowest, and so on, so that each begins at the end of the floor where the one before ended. Within a bay the
 * levels come from the bottom up. Codes of another form than aisle-bay-level come last, in the order of their codes. The order depends on the set of
 * codes alone, never on the order in which they are given.
 */
export function walkingOrder(codes: Iterable<string>): readonly string[] {
  const unique = [...new Set(codes)].sort(compareCodes);
  const known = unique.flatMap((code) => {
    const stop = stopOf(code);
    return stop ? [{ code, ...stop }] : [];
  });
  const aisles = [...new Set(known.map(({ aisle }) => aisle))].sort(compareCodes);
  const walked = aisles.flatMap((aisle, number) => {
    const direction = number % 2 === 0 ? 1 : -1;
    return known.filter((stop) => stop.aisle === aisle).sort((a, b) => direction * (a.bay - b.bay) || a.level - b.level || compareCodes(a.code, b.code));
  });
  return [...walked.map(({ code }) => code), ...unique.filter((code) => !stopOf(code))];
}
