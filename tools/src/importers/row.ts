import { createHash } from 'node:crypto';

/** Where a row stands in a published file. `raw` is its line as found, without the line break. The header is line 1. */
export interface RowSource {
  readonly file: string;
  readonly line: number;
  readonly raw: string;
}

/** A row that was understood. The notes say what is odd about it, in stable words. */
export interface ParsedRow<T> {
  readonly source: RowSource;
  readonly value: T;
  readonly notes: readonly string[];
}

/** A row that was not loaded, with the field that decides and why. `field` is empty where the row as a whole cannot be read. */
export interface RefusedRow {
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly value: string;
  readonly reason: string;
  readonly raw: string;
}

/** What an importer makes of a file: every row is in exactly one of the two lists, in the order of the file. */
export interface Parsed<T> {
  readonly rows: readonly ParsedRow<T>[];
  readonly refused: readonly RefusedRow[];
}

/** A field that cannot be read, on its way to a `RefusedRow`. */
export interface FieldRefusal {
  readonly field: string;
  readonly value: string;
  readonly reason: string;
}

/** What a row of a file comes to: its value with notes, or the field that refuses it. */
export type RowOutcome<T> =
  | { readonly accepted: true; readonly value: T; readonly notes: readonly string[] }
  | { readonly accepted: false; readonly refusal: FieldRefusal };

export function refuseField(field: string, value: string, reason: string): { readonly accepted: false; readonly refusal: FieldRefusal } {
  return { accepted: false, refusal: { field, value, reason } };
}

/** sha256 of the row as published, hexadecimal: with file and line the natural key of a row. */
export function contentHash(raw: string): string {
  return createHash('sha256').update(raw, 'utf8').digest('hex');
}

/** The natural key of a row: the same file imported twice brings the same keys. */
export function naturalKey(source: RowSource): string {
  return `${source.file}:${source.line}:${contentHash(source.raw)}`;
}
