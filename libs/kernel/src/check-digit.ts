/**
 * The GS1 check digit (mod 10, weights 3 and 1 from the right) of the digits before it:
 * GTIN, GLN, SSCC (GS1 General Specifications §7.9).
 * @throws RangeError when `digits` holds anything but digits.
 */
export function gs1CheckDigit(digits: string): number {
  if (!/^\d+$/.test(digits)) throw new RangeError(`not digits: ${digits}`);
  let sum = 0;
  for (let i = 0; i < digits.length; i++) sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

/** Whether the last digit of `key` (GTIN, GLN, SSCC) is its check digit. */
export function isGs1Key(key: string): boolean {
  return /^\d{8,18}$/.test(key) && gs1CheckDigit(key.slice(0, -1)) === Number(key.at(-1));
}
