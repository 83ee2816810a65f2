/** Greatest amount that a price may have, in minor units: the contract's bound. */
export const MAX_MINOR = 1_000_000_000_000n;

/** A number of a published file: a value, a dash or blank that says there is none, or a text that is no number. */
export type ParsedNumber =
  | { readonly kind: 'value'; readonly minor: bigint }
  | { readonly kind: 'none' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly reason: string };

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;
/** Thousands, and the Indian grouping by lakh and crore: 12,34,567. */
const GROUPED = /^(-?)(\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})*,\d{3})(?:\.(\d+))?$/;

/**
 * A price in minor units: `44,500` with exponent 0 is 44500 won, `6466.25` with exponent 2 is 646625 paise, `-` is no price.
 * Decimals beyond the exponent are taken only as zeros, since rounding here would change a published price.
 */
export function parseMinor(text: string, exponent: number): ParsedNumber {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed === '-') return { kind: 'none' };
  const match = PLAIN.exec(trimmed) ?? GROUPED.exec(trimmed);
  if (!match) return { kind: 'bad', reason: 'is not a number' };
  const [, sign, whole, decimals = ''] = match;
  if (/[1-9]/.test(decimals.slice(exponent))) return { kind: 'bad', reason: `has more than ${exponent} decimals` };
  const magnitude = BigInt(whole!.replaceAll(',', '') + decimals.slice(0, exponent).padEnd(exponent, '0'));
  if (magnitude > MAX_MINOR) return { kind: 'bad', reason: `is more than ${MAX_MINOR} minor units` };
  return { kind: 'value', minor: sign === '-' ? -magnitude : magnitude };
}
