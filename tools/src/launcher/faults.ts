import { createServer } from 'node:net';
import { ClusterError } from '@naru/postgres/cluster-error';

/** A fault that a person can mend: one line that says what to do. */
export class Fault extends Error {}

/** Tells a taken port before anything is started. */
export async function ensurePortIsFree(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new Fault(`port ${port} is taken: stop what uses it, or start with npm start -- --port ${port + 1}`));
      else if (error.code === 'EACCES') reject(new Fault(`port ${port} is not allowed for this user: choose one above 1023 with npm start -- --port`));
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

/** What went wrong, in one line. */
export function faultLine(error: unknown, logPath?: string): string {
  if (error instanceof Fault || error instanceof ClusterError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === '53100') return 'the disk is full: free some space and start again; nothing acknowledged is lost';
  if (code === 'EADDRINUSE') return `an address is taken meanwhile (${(error as Error).message}): start again`;
  if (code === 'EACCES' || code === 'EROFS') return `no permission to write (${(error as Error).message}): start in a folder of your own`;
  return `could not go on: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}${logPath === undefined ? '' : ` (details in ${logPath})`}`;
}
