import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@naru/platform/database';
import { ServiceContext } from '@naru/platform/service-context';
import { type ChainedEntry, GENESIS, chainHash } from './chain.js';

const SEAL_EVERY_MS = 1000;
const BATCH = 500;

type Unsealed = Omit<ChainedEntry, 'position'> & { readonly entryId: string };

const LOCK = `select pg_try_advisory_xact_lock(hashtext('identity.audit-chain')) as locked`;
const HEAD = `select position, hash from audit_chain order by position desc limit 1`;
const UNSEALED = `
  select e.entry_id as "entryId", e.recorded_at as "recordedAt", e.action, e.subject, e.organization_id as "organizationId", e.object, e.code
    from audit_unsealed u join audit_entries e using (entry_id) order by entry_id limit ${BATCH}`;
const CHAIN = `
  with sealed as (delete from audit_unsealed where entry_id = any($1::uuid[]))
  insert into audit_chain (entry_id, position, hash)
  select id, $2::bigint + n, hash from unnest($1::uuid[], $3::bytea[]) with ordinality as t (id, hash, n)`;

/**
 * Chains the entries of the audit log after their commit. One writer at a time, by an advisory lock: chaining inside each
 * transaction would make every command wait for the head of the chain.
 */
@Injectable()
export class Sealer {
  #timer: NodeJS.Timeout | undefined;
  #sealing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    context: ServiceContext,
  ) {
    const seal = (): void => {
      this.#sealing = this.sealAll().catch((error: unknown) => context.log('error', 'the audit log could not be sealed', { error: String(error) }));
      void this.#sealing.then(() => (this.#timer = this.#timer && setTimeout(seal, SEAL_EVERY_MS).unref()));
    };
    context.onStart(async () => {
      this.#timer = setTimeout(seal, SEAL_EVERY_MS).unref();
    });
    context.onStop(async () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      await this.#sealing;
      await this.sealAll();
    });
  }

  /** Seals all that is committed; gives how many. Another instance that is at it makes this one leave. */
  async sealAll(): Promise<number> {
    for (let sealed = 0; ; ) {
      const count = await this.database.transaction((tx) => this.#sealBatch(tx));
      sealed += count;
      if (count < BATCH) return sealed;
    }
  }

  async #sealBatch(tx: Transaction): Promise<number> {
    const [lock] = await tx.query<{ locked: boolean }>(LOCK);
    if (!lock!.locked) return 0;
    const [head = { position: 0n, hash: GENESIS }] = await tx.query<{ position: bigint; hash: Buffer }>(HEAD);
    const entries = await tx.query<Unsealed>(UNSEALED);
    if (entries.length === 0) return 0;
    let hash = head.hash;
    const hashes = entries.map(({ entryId: _, ...entry }, i) => (hash = chainHash(hash, { ...entry, position: head.position + BigInt(i + 1) })));
    await tx.query(CHAIN, [entries.map((entry) => entry.entryId), head.position, hashes]);
    return entries.length;
  }
}
