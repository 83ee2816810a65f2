import { Injectable } from '@nestjs/common';
import { WatchRevocationsResponse } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import { credential } from '@naru/platform/auth/revocations';
import { Bell } from '@naru/platform/bus/bell';
import { ServiceContext } from '@naru/platform/service-context';
import { settingsOf } from '../settings.js';
import { RevocationStore, type Revoked } from './revocation.store.js';

/** The table is read at least this often: whichever instance revokes, all tell it. */
const READ_MS = 1000;

/** The feed of revocations. Whoever follows hears something only after the table was read: an instance that cannot read it falls silent. */
@Injectable()
export class RevocationWatch {
  readonly #beatMs: number;
  readonly #readMs: number;
  readonly #followers = new Set<Bell>();
  readonly #stopping = new Bell();
  #revoked: readonly Revoked[] = [];
  #isStopping = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: RevocationStore,
    private readonly context: ServiceContext,
  ) {
    this.#beatMs = settingsOf(context.config).revocationBeatMs;
    this.#readMs = Math.min(READ_MS, this.#beatMs / 2);
    context.onStart(async () => {
      this.#revoked = await store.all();
      this.#reading = this.#readOn();
    });
    context.onStop(async () => {
      this.#isStopping = true;
      this.#stopping.ring();
      await this.#reading;
    });
  }

  /** Everything that is revoked, then what comes, and beats in between. */
  async *follow(signal: AbortSignal): AsyncGenerator<WatchRevocationsResponse> {
    const told = new Map<string, number>();
    const bell = new Bell();
    const leave = (): void => bell.ring();
    this.#followers.add(bell);
    signal.addEventListener('abort', leave);
    try {
      for (let toldAt = -Infinity; !signal.aborted; ) {
        const fresh = this.#revoked.filter(({ kind, credentialId, notBefore }) => (told.get(credential(kind, credentialId)) ?? 0) < notBefore);
        if (fresh.length > 0 || performance.now() - toldAt >= this.#beatMs - this.#readMs) {
          for (const { kind, credentialId, notBefore } of fresh) told.set(credential(kind, credentialId), notBefore);
          toldAt = performance.now();
          yield { revocations: fresh.map((one) => ({ ...one, notBefore: new Date(one.notBefore) })) };
        }
        while (!signal.aborted && !(await bell.wait(this.#beatMs)));
      }
    } finally {
      signal.removeEventListener('abort', leave);
      this.#followers.delete(bell);
    }
  }

  async #readOn(): Promise<void> {
    for (let isFailing = false; !this.#isStopping; ) {
      await this.#stopping.wait(this.#readMs);
      if (this.#isStopping) return;
      try {
        this.#revoked = await this.store.all();
        isFailing = false;
        for (const follower of this.#followers) follower.ring();
      } catch (error) {
        if (!isFailing) this.context.log('warn', 'what is revoked cannot be read: the feed falls silent', { error: String(error) });
        isFailing = true;
      }
    }
  }
}
