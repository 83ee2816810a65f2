import { createServer } from 'node:net';
import { ClusterError, diskFull, isDiskFull } from '@naru/postgres/cluster-error';
import { type Home, runningUrl } from './home.js';

/** A fault that a person can mend: one line that says what to do. */
export class Fault extends Error {}

/** Tells a taken port before anything is started, and whether it is this clone that runs there. */
export async function ensurePortIsFree(port: number, home: Home): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  const own = code === 'EADDRINUSE' ? await runningUrl(home) : undefined;
  if (own !== undefined && new URL(own).port === String(port)) throw new Fault(`Naru runs already at ${own}: use it, or stop it there with Ctrl-C first.`);
  if (code === 'EADDRINUSE') throw new Fault(`port ${port} is taken by another program: stop that, or start with npm start -- --port ${port === 65535 ? port - 1 : port + 1}`);
  if (code === 'EACCES') throw new Fault(`port ${port} is not allowed for this user: choose one above 1023 with npm start -- --port`);
  throw new Fault(`port ${port} cannot be used (${code}): choose another with npm start -- --port`);
}

/** What went wrong, in one line; `folder` is where the data lie. */
export function faultLine(error: unknown, folder?: string, logPath?: string): string {
  if (error instanceof Fault || error instanceof ClusterError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === '53100' || isDiskFull(String(error), folder)) return diskFull(folder ?? 'the data of this clone').message;
  if (code === 'EADDRINUSE') return `an address was taken meanwhile (${(error as Error).message}): start again`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') return `cannot write there (${(error as Error).message}): start in a folder of your own, or name one with NARU_HOME`;
  if (code === '3D000') return 'its database is not there any more: run npm start first';
  return `could not go on: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}${logPath === undefined ? '' : ` (details in ${logPath})`}`;
}
