import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { refused } from '@naru/kernel/decision';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
/** Hashes at once: each takes a core for some 80 ms, and other work needs one too. */
const MOST_RUNNING = 2;
/** Hashes that may wait; beyond it is said at once that the queue is full. */
const MOST_WAITING = 64;

const derive = promisify(argon2);

interface Parsed {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parse(stored: string): Parsed {
  const match = PHC.exec(stored);
  if (!match) throw new Error('a stored password is no argon2id hash');
  const [, memory, passes, parallelism, salt, tag] = match;
  return { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), salt: Buffer.from(salt!, 'base64'), tag: Buffer.from(tag!, 'base64') };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

/** Hashes passwords with argon2id, in the PHC string format, a few at a time. */
@Injectable()
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const tag = await this.#derive(password, { ...COST, salt });
    return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
  }

  /** Whether `password` is the stored one. Without a stored one the same work is done in vain, so that time tells nothing about who exists. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    if (stored === undefined) {
      await this.#derive(password, { ...COST, salt: Buffer.alloc(SALT_BYTES) });
      return false;
    }
    const { tag, ...parameters } = parse(stored);
    return timingSafeEqual(await this.#derive(password, parameters, tag.length), tag);
  }

  /** Whether `stored` was made at another cost than today's. */
  isOutdated(stored: string): boolean {
    const { memory, passes, parallelism } = parse(stored);
    return memory !== COST.memory || passes !== COST.passes || parallelism !== COST.parallelism;
  }

  async #derive(password: string, parameters: typeof COST & { salt: Buffer } | Omit<Parsed, 'tag'>, tagLength = TAG_BYTES): Promise<Buffer> {
    await this.#enter();
    try {
      const { salt, ...cost } = parameters;
      // The same password typed on another keyboard may arrive in another Unicode form: Korean decomposes on some systems.
      return await derive('argon2id', { message: password.normalize('NFKC'), nonce: salt, tagLength, ...cost });
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < MOST_RUNNING) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) refused('QUEUE_FULL');
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}
