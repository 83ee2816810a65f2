/** The unit that a price is for. `size` counts grams or pieces in one unit. */
export interface TradeUnit {
  /** As published: `10kg`, `100개`. */
  readonly label: string;
  readonly base: 'gram' | 'piece';
  readonly size: bigint;
}

interface Measure {
  readonly base: TradeUnit['base'];
  readonly size: bigint;
}

const MEASURES: Readonly<Record<string, Measure>> = {
  g: { base: 'gram', size: 1n },
  kg: { base: 'gram', size: 1_000n },
  개: { base: 'piece', size: 1n },
  마리: { base: 'piece', size: 1n },
  // a bundle of laver: 100 sheets, counted as pieces
  속: { base: 'piece', size: 100n },
};

/** Indian markets quote per quintal, 100 kg. */
export const QUINTAL: TradeUnit = { label: 'quintal', base: 'gram', size: 100_000n };

const UNIT = /^(\d+)(?:\.(\d{1,3}))?\s*([^\d\s.]+)$/;

/** A trade unit from its label: `7.5kg` is 7,500 grams, `1속` 100 pieces, `quintal` 100,000 grams; undefined where it cannot be understood. */
export function parseUnit(label: string): TradeUnit | undefined {
  const text = label.trim();
  if (text === QUINTAL.label) return QUINTAL;
  const match = UNIT.exec(text);
  const measure = match && Object.hasOwn(MEASURES, match[3]!) ? MEASURES[match[3]!] : undefined;
  if (!match || !measure) return undefined;
  const thousandths = BigInt(match[1]! + (match[2] ?? '').padEnd(3, '0')) * measure.size;
  const size = thousandths / 1_000n;
  if (size <= 0n || size * 1_000n !== thousandths || size > 1_000_000_000n) return undefined;
  return { label: text, base: measure.base, size };
}
