const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether `text` is an instant by RFC 3339 that a Timestamp holds. `Date.parse` alone would take 30 February for 2 March, and 24:00 for the next day. */
export function isInstant(text: string): boolean {
  const [, year, month, day, hour] = RFC3339.exec(text) ?? [];
  if (!year || Number(hour) > 23) return false;
  const at = Date.parse(text);
  if (!(at >= FIRST && at <= LAST)) return false;
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}
