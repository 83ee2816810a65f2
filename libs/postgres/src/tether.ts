import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Ties a PostgreSQL to this process: when it ends, whichever way, a small shell that holds the other end of a pipe stops PostgreSQL and deletes
 * `paths`. Without a POSIX shell (Windows) nothing is tied.
 * @returns what cuts the tie.
 */
export function tether(pid: number, paths: readonly string[]): () => void {
  if (process.platform === 'win32') return () => {};
  const script = 'cat >/dev/null; pid=$1; shift; kill -INT "$pid"; n=0; while kill -0 "$pid" && test $n -lt 50; do sleep 0.1; n=$((n + 1)); done; rm -rf "$@"';
  const watcher = spawn('/bin/sh', ['-c', script, 'naru-tether', String(pid), ...paths], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watcher.on('error', () => {}); // no shell: nothing is tied
  watcher.unref();
  (watcher.stdin as Socket | null)?.unref();
  return () => void watcher.kill('SIGKILL');
}
