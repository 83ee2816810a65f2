import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { ServiceContext } from '@naru/platform/service-context';
import { ApiKeyStore } from './api-key.store.js';

const WRITE_EVERY_MS = 5000;

/** When keys were last used, gathered and written together: a use costs no write of its own. */
@Injectable()
export class LastUses {
  #uses = new Map<string, Instant>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ApiKeyStore,
    private readonly context: ServiceContext,
  ) {
    context.onStop(() => this.write());
  }

  note(keyId: string, at: Instant): void {
    this.#uses.set(keyId, at);
    this.#timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const uses = this.#uses;
    this.#uses = new Map();
    if (uses.size > 0) this.#writing = this.#writing.then(() => this.store.used(uses)).catch((error: unknown) => this.context.log('warn', 'the last uses of keys could not be written', { error: String(error) }));
    return this.#writing;
  }
}
