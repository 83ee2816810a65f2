import { createWriteStream } from 'node:fs';
import type { LogLine } from '@naru/platform/config';

export interface LogFile {
  readonly log: (line: LogLine) => void;
  close(): Promise<void>;
}

/** A file of JSON lines that services log to; the terminal stays for people. */
export function logFile(path: string): LogFile {
  const stream = createWriteStream(path, { flags: 'a' });
  let broken = false;
  stream.on('error', () => (broken = true)); // a full disk must not end the system because of its log
  return {
    log: (line) => {
      if (!broken) stream.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
    },
    close: () => new Promise((resolve) => (broken ? resolve() : stream.once('error', () => resolve()).end(() => resolve()))),
  };
}
