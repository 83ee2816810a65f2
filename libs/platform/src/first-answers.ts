import type { Refusal } from '@naru/kernel/decision';
import { type Transaction, sqlState } from './database.js';

/** An idempotency key as the table `idempotency` knows it. */
export interface IdempotencyKey {
  readonly organizationId: string;
  /** Path of the rpc, or name of the turnstile. */
  readonly method: string;
  readonly key: string;
  /** Of method, organization and body: the same key with another one is refused. */
  readonly fingerprint: Buffer;
}

/** What a command was answered first: bytes, or a refusal. */
export interface FirstAnswer {
  readonly fingerprint: Buffer;
  readonly response: Buffer | undefined;
  readonly refusal: Refusal | undefined;
}

/** The first answers to `keys`, place by place; undefined where there is none, or no key. */
export async function firstAnswers(tx: Transaction, keys: readonly (IdempotencyKey | undefined)[]): Promise<(FirstAnswer | undefined)[]> {
  const answers = new Array<FirstAnswer | undefined>(keys.length);
  const places: number[] = [];
  keys.forEach((key, at) => key && places.push(at));
  if (places.length === 0) return answers;
  const asked = places.map((at) => keys[at]!);
  const rows = await tx.query<{ place: number; fingerprint: Buffer; response: Buffer | null; refusal: Refusal | null }>(
    'select place, fingerprint, response, refusal from first_answers($1, $2, $3)',
    [asked.map((key) => key.organizationId), asked.map((key) => key.method), asked.map((key) => key.key)],
  );
  for (const { place, fingerprint, response, refusal } of rows) {
    answers[places[place - 1]!] = { fingerprint, response: response ?? undefined, refusal: refusal ?? undefined };
  }
  return answers;
}

/** Whether `error` says that one of the keys has been answered meanwhile, by another instance or under another aggregate. */
export function isAnsweredMeanwhile(error: unknown): boolean {
  return sqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === 'idempotency_pkey';
}

/** Stores first answers. The transaction fails with 23505 when one of the keys has been answered meanwhile. */
export function storeAnswers(
  tx: Transaction,
  answers: readonly (IdempotencyKey & { readonly response: Uint8Array | undefined; readonly refusal: Refusal | undefined })[],
): void {
  if (answers.length === 0) return;
  tx.send(
    `insert into idempotency (organization_id, method, key, fingerprint, response, refusal)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::jsonb[])`,
    [
      answers.map((answer) => answer.organizationId),
      answers.map((answer) => answer.method),
      answers.map((answer) => answer.key),
      answers.map((answer) => answer.fingerprint),
      answers.map(({ response }) => response && Buffer.from(response.buffer, response.byteOffset, response.byteLength)),
      answers.map((answer) => (answer.refusal ? JSON.stringify(answer.refusal, jsonValue) : null)),
    ],
  );
}

/** Amounts are bigint; JSON has only their text. */
function jsonValue(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
