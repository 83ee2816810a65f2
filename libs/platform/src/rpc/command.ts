import { Refused, type Refusal } from '@naru/kernel/decision';
import { definitionOf } from '@naru/kernel/errors';
import { crashPoint } from '../crash-point.js';
import type { Database, Transaction } from '../database.js';
import { sqlState } from '../database.js';
import type { Call, CommandCall } from './call.js';

interface Answer {
  readonly fingerprint: Buffer;
  readonly response: Buffer | null;
  readonly refusal: Refusal | null;
}

/** Refusals that say something about the command's own outcome are kept; those about load or shape are not. */
function isOutcome(refusal: Refusal): boolean {
  const { status, transient } = definitionOf(refusal.code);
  if (transient) return false;
  return status === 403 || status === 404 || status === 409 || status === 412 || status === 422;
}

const FIND = `
  select pg_try_advisory_xact_lock(hashtextextended($1::text || $2 || $3, 0)) as free, i.fingerprint, i.response, i.refusal
    from (select 1) one
    left join idempotency i on i.organization_id = $1::uuid and i.method = $2 and i.key = $3`;
const KEEP = `insert into idempotency (organization_id, method, key, fingerprint, response, refusal) values ($1, $2, $3, $4, $5, $6)`;

/** No organization: anonymous callers share one name space of keys. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Runs commands: one transaction for the effect, its events and its answer; a known key gets its first answer. */
export class CommandRunner {
  readonly #database: Database;
  readonly #crashAt: string | undefined;

  constructor(database: Database, crashAt: string | undefined) {
    this.#database = database;
    this.#crashAt = crashAt;
  }

  async run(method: string, call: Call, effect: (call: CommandCall) => Promise<Buffer>): Promise<Buffer> {
    const outcome = await this.#transaction(method, call, effect);
    crashPoint('command.after-commit', this.#crashAt);
    if (Buffer.isBuffer(outcome)) return outcome;
    throw new Refused(outcome);
  }

  async #transaction(method: string, call: Call, effect: (call: CommandCall) => Promise<Buffer>): Promise<Buffer | Refusal> {
    try {
      return await this.#database.transaction(async (tx) => {
        const outcome = call.idempotency ? await this.#once(tx, method, call, effect) : await this.#attempt(tx, call, effect);
        crashPoint('command.before-commit', this.#crashAt);
        return outcome;
      });
    } catch (error) {
      // The other call with this key committed between our look and our write.
      if (sqlState(error) === '23505' && (error as { constraint?: string }).constraint?.includes('idempotency')) throw new Refused({ code: 'IDEMPOTENCY_KEY_IN_FLIGHT', details: {}, why: [] });
      throw error;
    }
  }

  async #once(tx: Transaction, method: string, call: Call, effect: (call: CommandCall) => Promise<Buffer>): Promise<Buffer | Refusal> {
    const { key, fingerprint } = call.idempotency!;
    const organizationId = call.caller.organizationId || NOBODY;
    const [found] = await tx.query<Partial<Answer> & { free: boolean }>(FIND, [organizationId, method, key]);
    if (!found!.free) throw new Refused({ code: 'IDEMPOTENCY_KEY_IN_FLIGHT', details: {}, why: [] });
    if (found!.fingerprint) {
      if (!found!.fingerprint.equals(fingerprint)) throw new Refused({ code: 'IDEMPOTENCY_KEY_REUSED', details: {}, why: [] });
      return found!.response ?? found!.refusal!;
    }
    const outcome = await this.#attempt(tx, call, effect);
    const refusal = Buffer.isBuffer(outcome) ? null : JSON.stringify(outcome, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    tx.send(KEEP, [organizationId, method, key, fingerprint, Buffer.isBuffer(outcome) ? outcome : null, refusal]);
    return outcome;
  }

  /** The effect, or its refusal with everything it had written undone. */
  async #attempt(tx: Transaction, call: Call, effect: (call: CommandCall) => Promise<Buffer>): Promise<Buffer | Refusal> {
    const atRefusal: (() => Promise<void>)[] = [];
    try {
      return await tx.savepoint(() => effect({ ...call, tx, onRefusal: (action) => void atRefusal.push(action) }));
    } catch (error) {
      if (!(error instanceof Refused) || !isOutcome(error.refusal)) throw error;
      for (const action of atRefusal) await action();
      return error.refusal;
    }
  }
}
