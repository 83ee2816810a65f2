import { Temporal } from 'temporal-polyfill';

/** Milliseconds since 1970-01-01T00:00:00Z. Cores know no other time. */
export type Instant = number;

/** A calendar day, `2022-06-23`. */
export type BusinessDay = string;

/** Whether `timeZone` is an IANA zone that this system knows. An offset such as `+09:00` is none: it knows no change of its rules. */
export function isTimeZone(timeZone: string): boolean {
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** The business day that `at` falls on in `timeZone`. */
export function businessDayOf(at: Instant, timeZone: string): BusinessDay {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** Whether `text` names a day that there is: `2022-06-31` does not. */
export function isBusinessDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** The day `days` whole days after `day`. */
export function plusDays(day: BusinessDay, days: number): BusinessDay {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The instant of a wall-clock time (`05:30` or `05:30:15`) on `day` in `timeZone`. */
export function instantOf(day: BusinessDay, time: string, timeZone: string): Instant {
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
}

/** Wall-clock time of `at`, `05:30:15`. */
export function timeOfDay(at: Instant, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainTime().toString({ smallestUnit: 'second' });
}

/** The day `days` calendar days after `day`. */
export function daysAfter(day: BusinessDay, days: number): BusinessDay {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The day `count` working days after `day`, itself moved on to a working day for 0: neither a Saturday, nor a Sunday, nor one of `holidays`. */
export function workingDaysAfter(day: BusinessDay, count: number, holidays: readonly BusinessDay[]): BusinessDay {
  const isWorking = (date: Temporal.PlainDate): boolean => date.dayOfWeek <= 5 && !holidays.includes(date.toString());
  let date = Temporal.PlainDate.from(day);
  for (let left = count; left > 0 || !isWorking(date); ) {
    date = date.add({ days: 1 });
    if (isWorking(date)) left--;
  }
  return date.toString();
}
