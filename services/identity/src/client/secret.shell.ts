import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;

/** A new client secret: 32 random bytes, URL-safe. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What is kept of a secret. It is random, so it needs no slow hash. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether `secret` has the hash `kept`, in constant time. */
export function secretMatches(secret: string, kept: Uint8Array): boolean {
  const hash = secretHash(secret);
  return hash.length === kept.length && timingSafeEqual(hash, kept);
}
