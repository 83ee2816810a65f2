import { createHash } from 'node:crypto';
import { ApiKeyServiceService, ExchangeApiKeyRequest, ExchangeApiKeyResponse } from '@naru/contracts/gen/naru/identity/v1/api_key_service';
import { apiKeyOf } from '@naru/platform/auth/api-key';
import type { Backend } from './backend.js';
import { EdgeRefused, faultOf } from './problem.js';

/** How long a key's token is used again: what changes of a key is felt after that, its revocation at once by the feed. */
const KEEP_MS = 30_000;
/** A key that was refused is not asked about again for that long: guessing costs identity little. */
const KEEP_REFUSED_MS = 5000;
const MOST_KEPT = 10_000;
const DEADLINE_MS = 5000;

/** Changes API keys into access tokens. */
export interface KeyExchange {
  /** The Authorization header that stands for the key; undefined for a mistyped one, about which nobody is asked. Throws EdgeRefused where it does not hold. */
  tokenFor(key: string, address: string): Promise<string | undefined>;
}

interface Kept {
  readonly header: Promise<string>;
  until: number;
}

/** Asks identity, once for all calls that wait for the same key. */
export function keyExchange(identity: Backend | undefined): KeyExchange {
  const kept = new Map<string, Kept>();

  const ask = (secret: string, address: string): Promise<string> =>
    new Promise((resolve, reject) => {
      if (!identity) return reject(new EdgeRefused({ code: 'UNAVAILABLE' }));
      const bytes = Buffer.from(ExchangeApiKeyRequest.encode({ secret, address }).finish());
      identity.unary(ApiKeyServiceService.exchangeApiKey.path, bytes, {}, Date.now() + DEADLINE_MS, (failure, answer) => {
        if (failure) reject(new EdgeRefused(faultOf(failure)));
        else resolve(`Bearer ${ExchangeApiKeyResponse.decode(answer!).accessToken}`);
      });
    });

  return {
    async tokenFor(key, address) {
      if (!apiKeyOf(key)) return undefined;
      const name = createHash('sha256').update(`${address}\n${key}`).digest('base64'); // no key stays in memory
      const known = kept.get(name);
      if (known && performance.now() < known.until) return known.header;
      kept.delete(name);
      if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
      const asked: Kept = { header: ask(key, address), until: performance.now() + KEEP_MS };
      kept.set(name, asked);
      asked.header.catch((error: unknown) => {
        const isAnswer = error instanceof EdgeRefused && error.fault.code !== 'UNAVAILABLE' && error.fault.code !== 'DEADLINE_EXCEEDED' && error.fault.code !== 'INTERNAL';
        if (isAnswer) asked.until = performance.now() + KEEP_REFUSED_MS;
        else kept.delete(name);
      });
      return asked.header;
    },
  };
}
