import { existsSync, statfsSync } from 'node:fs';

/** PostgreSQL does not start without room for a segment of its log. */
const ROOM_BYTES = 16 * 1024 * 1024;

export type ClusterFault = 'in-use' | 'disk-full' | 'not-writable' | 'version' | 'no-binaries' | 'no-account' | 'no-password' | 'did-not-start';

/** A fault that a person can mend. The message says in a sentence or two what it is and what to do; a stack trace would add nothing. */
export class ClusterError extends Error {
  constructor(
    readonly fault: ClusterFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ClusterError';
  }
}

/** What a failed file operation under `folder`, or a program's complaint about one, means to a person; any other error as it is. */
export function told(error: unknown, folder: string): unknown {
  if (error instanceof ClusterError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const text = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || isDiskFull(text)) {
    return diskFull(folder, error);
  }
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) {
    const path = (error as NodeJS.ErrnoException).path ?? folder;
    return new ClusterError('not-writable', `This user cannot use ${path} (${code}). Start as the user it belongs to, or move it away and start again.`, { cause: error });
  }
  return error;
}

export function diskFull(folder: string, cause?: unknown): ClusterError {
  return new ClusterError('disk-full', `The disk that holds ${folder} is full. Free at least 200 MB there and start again; nothing is lost.`, { cause });
}

/** Whether a program's complaint, or the file system of `folder` itself, says that the disk is full. */
export function isDiskFull(text: string, folder?: string): boolean {
  if (/No space left on device|Disk quota exceeded|Check free disk space/i.test(text)) return true;
  if (folder === undefined || !existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < ROOM_BYTES;
}
