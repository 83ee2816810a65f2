import type { LogLine, ServiceConfig } from './config.js';

/** What a service knows of how it was started, and its hooks: injectable. */
export class ServiceContext {
  readonly #starts: (() => Promise<void>)[] = [];
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #published = new Map<string, string>();

  constructor(
    readonly service: string,
    readonly config: ServiceConfig,
  ) {}

  log(level: LogLine['level'], message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.config.log({ level, service: this.service, message, ...fields });
  }

  /** Runs `action` once the database is migrated and before the service takes calls. */
  onStart(action: () => Promise<void>): void {
    this.#starts.push(action);
  }

  /** Runs `action` when the service stops, after its calls have ended and before its database closes; the last registered first. */
  onStop(action: () => Promise<void>): void {
    this.#stops.unshift(action);
  }

  /** Tells whoever started the service a value, such as an address it listens on. */
  publish(name: string, value: string): void {
    this.#published.set(name, value);
  }

  get published(): ReadonlyMap<string, string> {
    return this.#published;
  }

  async started(): Promise<void> {
    for (const action of this.#starts) await action();
  }

  async stopped(): Promise<void> {
    for (const action of this.#stops) await action();
  }
}
