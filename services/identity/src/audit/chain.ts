import { createHash } from 'node:crypto';
import { AuditEntry } from '@naru/contracts/gen/naru/identity/v1/audit_service';
import type { Instant } from '@naru/kernel/instant';

/** An entry at its place in the chain. */
export interface ChainedEntry {
  readonly position: bigint;
  readonly recordedAt: Instant;
  readonly action: string;
  readonly subject: string;
  readonly organizationId: string;
  readonly object: string;
  readonly code: string;
}

/** The hash before the first entry. */
export const GENESIS: Buffer = Buffer.alloc(32);

export function auditEntryOf(entry: ChainedEntry, hash = ''): AuditEntry {
  return { ...entry, recordedAt: new Date(entry.recordedAt), hash };
}

/**
 * The hash of `entry` after `previous`: sha256 over the previous hash and the entry's canonical bytes, which are its
 * protobuf encoding (fields in order of their numbers, no maps) without the hash.
 */
export function chainHash(previous: Uint8Array, entry: ChainedEntry): Buffer {
  return createHash('sha256').update(previous).update(AuditEntry.encode(auditEntryOf(entry)).finish()).digest();
}
