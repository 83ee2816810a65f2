import type { Instant } from '@naru/kernel/instant';

/** RFC 3339, as requests want instants. */
export function rfc3339(at: Instant): string {
  return new Date(at).toISOString();
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A body of a plan as JSON: bigints become strings. */
export function jsonOf(value: unknown): Json {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, jsonOf(inner)]])));
  return value as Json;
}
