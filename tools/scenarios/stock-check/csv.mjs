// Reading of the published files, made for them: no line breaks inside fields, two quotes for one.
import { readFileSync } from 'node:fs';

const FOLDER = new URL('../market-day/', import.meta.url);

export function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
}

/** Rows by column name with their line. */
export function readCsv(path) {
  const lines = readFileSync(new URL(path, FOLDER), 'utf8').split(/\r?\n/);
  const header = fieldsOf(lines[0]);
  return lines.flatMap((text, i) => {
    if (i === 0 || text === '') return [];
    const fields = fieldsOf(text);
    return [[i + 1, Object.fromEntries(header.map((name, column) => [name, fields[column]]))]];
  });
}

function fieldsOf(line) {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}
