/** Elements that mean themselves without quotes: ids, numbers, names, codes. */
const PLAIN = /^[\w.:+-]+$/;
const NULL = /^null$/i;

function textOf(value: string): string {
  return PLAIN.test(value) && !NULL.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * An array as PostgreSQL reads it. The driver quotes and searches every element three times, which shows where a statement takes
 * thousands of them. Undefined for an array that holds anything but text, numbers, booleans, bytes and null: that one is the driver's.
 */
export function arrayParameter(values: readonly unknown[]): string | undefined {
  let text = '{';
  let between = '';
  for (const value of values) {
    text += between;
    between = ',';
    if (typeof value === 'string') text += textOf(value);
    else if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') text += String(value);
    else if (value === null || value === undefined) text += 'NULL';
    else if (value instanceof Uint8Array) text += `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`;
    else return undefined;
  }
  return `${text}}`;
}
