import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The parts of an API key: `naru_<environment>_<id>_<secret><checksum>`. */
export interface ApiKeyParts {
  readonly environment: string;
  readonly keyId: string;
  /** 32 random bytes in base 62. */
  readonly secret: string;
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = BigInt(DIGITS.length);
const ID_LENGTH = 12;
const ID_BYTES = 16;
const SECRET_BYTES = 32;
/** 62^43 > 2^256 */
const SECRET_LENGTH = 43;
/** 62^6 > 2^32 */
const CHECKSUM_LENGTH = 6;
const SHAPE = new RegExp(`^(naru_([a-z]{2,10})_([0-9A-Za-z]{${ID_LENGTH}})_([0-9A-Za-z]{${SECRET_LENGTH}}))([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`);
/** What looks like one of our keys, anywhere in a text; a mistyped one is a secret too. */
const TRACE = /naru_[a-z]{2,10}_[0-9A-Za-z]{12}_[0-9A-Za-z]{20}/;

function base62(value: bigint, length: number): string {
  let text = '';
  for (let left = value; text.length < length; left /= BASE) text = DIGITS[Number(left % BASE)]! + text;
  return text;
}

function checksumOf(text: string): string {
  return base62(BigInt(crc32(text)), CHECKSUM_LENGTH);
}

function random(bytes: number): bigint {
  return BigInt(`0x${randomBytes(bytes).toString('hex')}`);
}

/** A new key of this environment: the parts, and the whole as its holder gets it. Prefix and checksum let scanners for secrets know it. */
export function newApiKey(environment: string): ApiKeyParts & { readonly text: string } {
  const keyId = base62(random(ID_BYTES), ID_LENGTH); // the lower digits of a larger number, so that each is as likely
  const secret = base62(random(SECRET_BYTES), SECRET_LENGTH);
  const body = `naru_${environment}_${keyId}_${secret}`;
  return { environment, keyId, secret, text: `${body}${checksumOf(body)}` };
}

/** The parts of a key; undefined for what is none: a wrong shape, or a checksum that shows a mistyped one. */
export function apiKeyOf(text: string): ApiKeyParts | undefined {
  const [, body, environment, keyId, secret, checksum] = SHAPE.exec(text) ?? [];
  if (body === undefined || checksumOf(body) !== checksum) return undefined;
  return { environment: environment!, keyId: keyId!, secret: secret! };
}

/** The key in an Authorization header, right or wrong; undefined where there is none but a token. */
export function keyOfHeader(authorization: string | undefined): string | undefined {
  return authorization?.startsWith('Bearer naru_') ? authorization.slice(7) : undefined;
}

/** Whether a text, such as a URL, carries a key. */
export function carriesApiKey(text: string): boolean {
  return text.includes('naru_') && TRACE.test(text);
}
