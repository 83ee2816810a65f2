const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The day `YYYY-MM-DD` of a year, month and day written as digits; undefined where the calendar has no such day. */
export function calendarDay(year: string, month: string, day: string): string | undefined {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const last = m === 2 && leap ? 29 : DAYS[m - 1];
  if (last === undefined || d < 1 || d > last) return undefined;
  return `${year}-${month}-${day}`;
}
