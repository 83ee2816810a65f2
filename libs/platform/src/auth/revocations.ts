import type { CredentialKind, Revocation } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import type { Rpc } from '@naru/contracts/registry';
import { systemClock } from '../clocks.js';
import type { Verified } from './verifier.js';

/** A credential by kind and id, as the key of a map. */
export type Credential = `${CredentialKind}/${string}`;

export function credential(kind: CredentialKind, id: string): Credential {
  return `${kind}/${id}`;
}

/** How long identity may be silent. */
export interface FeedWindows {
  /** After that long, milliseconds, nothing is written any more. */
  readonly writesMs: number;
  /** After that long nothing is answered any more, and streams end. */
  readonly allMs: number;
}

/** Rule I3: a revoked credential stops working within 60 s, also when the feed is cut. */
export const FEED_WINDOWS: FeedWindows = { writesMs: 45_000, allMs: 60_000 };
/** How often identity says that it is there. */
export const BEAT_MS = 5000;

/** No access token lives longer: what was revoked before that needs no entry. */
export const LONGEST_TOKEN_MS = 300_000;
/** How far two clocks may be apart. */
export const SKEW_MS = 60_000;

/** Why a token may not be used now. */
export type Ended = 'CREDENTIAL_REVOKED' | 'REVOCATIONS_UNKNOWN';

interface Watcher {
  readonly verified: Verified;
  readonly end: (code: Ended) => void;
}

/** Whether a method changes anything: one without HTTP is taken for a command unless it streams. */
export function isWrite({ http, method }: Pick<Rpc, 'http' | 'method'>): boolean {
  return http ? http.verb !== 'GET' : method.methodKind === 'unary';
}

/**
 * What is revoked, as far as identity has told. Asked at every use of a token, those from a cache included. Fails closed: before identity has
 * told everything once, and when it has been silent for longer than the windows allow.
 */
export class Revocations {
  readonly #windows: FeedWindows;
  readonly #monotonic: () => number;
  readonly #notBefore = new Map<string, number>();
  readonly #watchers = new Set<Watcher>();
  #heardAt = -Infinity;

  /** @param monotonic milliseconds of a clock that nobody sets. */
  constructor(windows: FeedWindows = FEED_WINDOWS, monotonic: () => number = () => performance.now()) {
    this.#windows = windows;
    this.#monotonic = monotonic;
  }

  get windows(): FeedWindows {
    return this.#windows;
  }

  /** How many credentials are remembered. */
  get size(): number {
    return this.#notBefore.size;
  }

  /** Takes in what identity says; nothing new is a beat. Ends the streams of what is revoked. */
  hear(revocations: readonly Revocation[]): void {
    this.#heardAt = this.#monotonic();
    if (revocations.length === 0) return;
    for (const { kind, credentialId, notBefore } of revocations) {
      const key = credential(kind, credentialId);
      this.#notBefore.set(key, Math.max(this.#notBefore.get(key) ?? 0, notBefore?.getTime() ?? 0));
    }
    for (const watcher of this.#watchers) if (this.#isRevoked(watcher.verified)) this.#end(watcher, 'CREDENTIAL_REVOKED');
  }

  /** Why the token may not be used for this now; undefined when it may. */
  refusalOf(verified: Verified, write: boolean): Ended | undefined {
    if (this.#silenceMs() > (write ? this.#windows.writesMs : this.#windows.allMs)) return 'REVOCATIONS_UNKNOWN';
    return this.#isRevoked(verified) ? 'CREDENTIAL_REVOKED' : undefined;
  }

  /** Calls `end` once, when a stream that was opened with the token has to end. Gives the way to stop watching. */
  watch(verified: Verified, end: (code: Ended) => void): () => void {
    const watcher = { verified, end };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Ends streams where identity is silent for too long, and forgets what no token can be old enough for. To be called a few times in each window. */
  tick(): void {
    if (this.#silenceMs() > this.#windows.allMs) for (const watcher of this.#watchers) this.#end(watcher, 'REVOCATIONS_UNKNOWN');
    const over = systemClock.now() - LONGEST_TOKEN_MS - SKEW_MS;
    for (const [key, notBefore] of this.#notBefore) if (notBefore < over) this.#notBefore.delete(key);
  }

  #silenceMs(): number {
    return this.#monotonic() - this.#heardAt;
  }

  #isRevoked({ credentials, issuedAt }: Verified): boolean {
    return this.#notBefore.size > 0 && credentials.some((one) => issuedAt < (this.#notBefore.get(one) ?? 0));
  }

  #end(watcher: Watcher, code: Ended): void {
    this.#watchers.delete(watcher);
    watcher.end(code);
  }
}
