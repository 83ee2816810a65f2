/** Minor units of a currency: won, paise. */
export type Minor = bigint;

/** An amount in minor units of an ISO 4217 currency. */
export interface Money {
  readonly currency: string;
  readonly amount: Minor;
}

/** Minor units per major unit (ISO 4217 exponent). */
const EXPONENTS: Readonly<Record<string, number>> = { KRW: 0, JPY: 0, INR: 2, USD: 2, EUR: 2 };

/**
 * The exponent of a currency, such as 0 for KRW and 2 for INR.
 * @throws RangeError for a currency outside the table.
 */
export function exponentOf(currency: string): number {
  const exponent = EXPONENTS[currency];
  if (exponent === undefined) throw new RangeError(`no exponent known for currency ${currency}`);
  return exponent;
}

export function money(currency: string, amount: Minor): Money {
  return { currency, amount };
}

/** Quotient rounded half to even: the named rule for averages (conventions.md). `divisor` > 0. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend - quotient * divisor;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < divisor) return quotient;
  const away = dividend < 0n ? quotient - 1n : quotient + 1n;
  if (twice > divisor) return away;
  return quotient % 2n === 0n ? quotient : away;
}

/** `12000` KRW as `12,000`, `1250` INR as `12.50`. */
export function formatMinor(value: Money): string {
  const exponent = exponentOf(value.currency);
  const digits = (value.amount < 0n ? -value.amount : value.amount).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value.amount < 0n ? '-' : ''}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`;
}
