import { sqlState } from '../database.js';

/** Serialization, deadlock, lock or statement timeout, shutdown, read-only stand-by, connection (08) and resource (53) failures. */
const RETRIABLE_STATES = /^(40001|40P01|55P03|57014|57P0[1235]|25006|25P0[34]|08...|53...)$/;
const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);
/** What pg and TypeORM say without a code. */
const CONNECTION_MESSAGES = /connection terminated|connection ended|connection error|timeout exceeded when trying to connect|timeout expired|calling end on the pool|driver not connected|not queryable|client was closed/i;

/** Whether the connection failed: what was sent last may or may not have happened. */
export function isConnectionFailure(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined && !CONNECTION_CODES.has(state)) return /^(57P0[1235]|25P0[34]|08...)$/.test(state);
  const code = (error as { code?: unknown } | undefined)?.code;
  return (typeof code === 'string' && CONNECTION_CODES.has(code)) || (error instanceof Error && CONNECTION_MESSAGES.test(error.message));
}

/** Whether the same work may succeed later without anybody changing anything. Such an error parks nothing. */
export function isRetriable(error: unknown): boolean {
  return RETRIABLE_STATES.test(sqlState(error) ?? '') || isConnectionFailure(error);
}

/** Whether other transactions on the same rows were in the way. */
export function isContention(error: unknown): boolean {
  return /^(40001|40P01|55P03)$/.test(sqlState(error) ?? '');
}
