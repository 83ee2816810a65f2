import { gs1CheckDigit } from '@naru/kernel/check-digit';

/**
 * The GS1 company prefix under which parcels are numbered. 952 is reserved for demonstrations (GS1 General Specifications §1.4.2): such numbers are valid
 * in form and belong to nobody. An operator that ships in earnest has its own.
 */
export const DEMONSTRATION_PREFIX = '9521234';

/**
 * A serial shipping container code of 18 digits (GS1 General Specifications §3.3.1): extension digit, company prefix, serial, check digit. The serial
 * fills the digits that the prefix leaves; it is given once and never again.
 * @throws RangeError when the serial is out of digits or less than 0.
 */
export function sscc(extensionDigit: number, companyPrefix: string, serial: bigint): string {
  const digits = 16 - companyPrefix.length;
  if (serial < 0n || serial >= 10n ** BigInt(digits)) throw new RangeError(`serial ${serial} does not fit under the prefix ${companyPrefix}`);
  const body = `${extensionDigit}${companyPrefix}${String(serial).padStart(digits, '0')}`;
  return `${body}${gs1CheckDigit(body)}`;
}
