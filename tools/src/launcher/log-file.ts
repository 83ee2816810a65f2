import { createWriteStream } from 'node:fs';
import type { LogLine } from '@naru/platform/config';

/** A file of JSON lines that services log to; the terminal stays for people. */
export function logFile(path: string): { log: (line: LogLine) => void; errors: () => number; close: () => Promise<void> } {
  const stream = createWriteStream(path, { flags: 'a' });
  stream.on('error', () => {}); // a full disk must not end the system because of its log
  let errors = 0;
  return {
    log: (line) => {
      if (line.level === 'error') errors++;
      stream.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
    },
    errors: () => errors,
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
