/** A seed as it is committed: one line per entry of a list, so that a change can be read. */
export function seedText(seed: object): string {
  const members = Object.entries(seed).map(([key, value]) => `  ${JSON.stringify(key)}: ${Array.isArray(value) ? list(value) : JSON.stringify(value)}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

function list(entries: readonly unknown[]): string {
  return entries.length === 0 ? '[]' : `[\n${entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
}
