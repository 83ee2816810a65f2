import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Refused } from '@naru/kernel/decision';
import fc from 'fast-check';
import { type SpecDatabase, specDatabase } from './bus/spec-database.js';
import type { Database, Transaction } from './database.js';
import { Ids } from './ids.js';
import { type KeyTickets, type Outcome, type SharedTurnstileOptions, type Ticket, Turnstile, type TurnstileOptions } from './turnstile.js';

/** An account that is never overdrawn: the smallest aggregate with refusals and a journal. */
interface Move {
  readonly amount: number;
  /** Breaks a rule of the database. */
  readonly poison?: boolean;
}

interface Moved {
  readonly balance: number;
  readonly seq: number;
}

const ORGANIZATION = '01980000-0000-7000-8000-000000000001';
const LATER = Number.MAX_SAFE_INTEGER;

function ticket(command: Move, key?: string, deadline = LATER): Ticket<Move> {
  return { command, deadline, idempotency: key === undefined ? undefined : { key, fingerprint: Buffer.from(JSON.stringify(command)), organizationId: ORGANIZATION } };
}

/** The core: what one command does to the account. */
function move(account: Moved, { amount }: Move): Outcome<Moved> {
  const balance = account.balance + amount;
  if (balance < 0) return { ok: false, refusal: { code: 'EXPOSURE_EXCEEDED', details: { needed: -amount, free: account.balance }, why: [] } };
  return { ok: true, answer: { balance, seq: account.seq + 1 } };
}

describe('the turnstile', () => {
  let spec: SpecDatabase;
  let database: Database;
  const ids = new Ids();
  const batches: number[] = [];
  const keysPerTransaction: number[] = [];

  beforeAll(async () => {
    spec = await specDatabase(['auction']);
    database = await spec.connect('auction', 8);
    await spec.admin(`
      create table auction.accounts (id uuid primary key, balance integer not null, seq integer not null);
      create table auction.journal (account uuid not null, seq integer not null, amount integer not null check (amount <> 13), primary key (account, seq));
      grant select, insert, update on auction.accounts, auction.journal to auction_app`);
  }, 60_000);

  afterAll(async () => {
    await database?.close();
    await spec?.drop();
  }, 60_000);

  async function decide(tx: Transaction, key: string, tickets: readonly Ticket<Move>[]): Promise<Outcome<Moved>[]> {
    batches.push(tickets.length);
    const [row] = await tx.query<Moved>('select balance, seq from accounts where id = $1 for update', [key]);
    if (!row) throw new Refused({ code: 'NOT_FOUND', details: {}, why: [] });
    let account = row;
    const entries: { seq: number; amount: number }[] = [];
    const outcomes = tickets.map(({ command }) => {
      const outcome = move(account, command);
      if (outcome.ok) {
        account = outcome.answer;
        entries.push({ seq: account.seq, amount: command.poison ? 13 : command.amount });
      }
      return outcome;
    });
    await tx.query('insert into journal select $1, * from unnest($2::int[], $3::int[])', [key, entries.map((entry) => entry.seq), entries.map((entry) => entry.amount)]);
    await tx.query('update accounts set balance = $2, seq = $3 where id = $1', [key, account.balance, account.seq]);
    return outcomes;
  }

  function turnstile(options: Partial<TurnstileOptions<Move, Moved>> = {}): Turnstile<Move, Moved> {
    return new Turnstile<Move, Moved>({
      database, name: 'move', decide, encode: (answer) => Buffer.from(JSON.stringify(answer)), decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as Moved, ...options,
    });
  }

  /** Several accounts at once: locked in the order of their ids. */
  async function decideTogether(tx: Transaction, groups: readonly KeyTickets<Move>[]): Promise<Outcome<Moved>[][]> {
    keysPerTransaction.push(groups.length);
    const outcomes = new Map<string, Outcome<Moved>[]>();
    for (const { key, tickets } of groups.toSorted((a, b) => (a.key < b.key ? -1 : 1))) outcomes.set(key, await decide(tx, key, tickets));
    return groups.map(({ key }) => outcomes.get(key)!);
  }

  function shared(options: Partial<SharedTurnstileOptions<Move, Moved>> = {}): Turnstile<Move, Moved> {
    return new Turnstile<Move, Moved>({
      database, name: 'move', maxKeys: 64, decideTogether, encode: (answer) => Buffer.from(JSON.stringify(answer)), decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as Moved, ...options,
    });
  }

  async function account(balance = 0): Promise<string> {
    const id = ids.next();
    await database.query('insert into accounts values ($1, $2, 0)', [id, balance]);
    return id;
  }

  const journal = (id: string): Promise<{ seq: number; amount: number }[]> => database.query('select seq, amount from journal where account = $1 order by seq', [id]);

  /** What a submitter heard. */
  async function heard(answer: Promise<Moved>): Promise<Moved | string> {
    try {
      return await answer;
    } catch (error) {
      return error instanceof Refused ? error.refusal.code : (error as Error).message;
    }
  }

  interface Step {
    readonly which: 0 | 1;
    readonly amount: number;
    /** Number of its idempotency key; several commands may use one. */
    readonly key: number | undefined;
    /** Turns of the event loop before it is submitted. */
    readonly pause: number;
  }

  const steps = fc.array(
    fc.record({
      which: fc.constantFrom<0 | 1>(0, 1),
      amount: fc.integer({ min: -5, max: 6 }).filter((amount) => amount !== 0),
      key: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined, freq: 3 }),
      pause: fc.constantFrom(0, 0, 0, 0, 1, 3),
    }),
    { minLength: 1, maxLength: 60, size: 'max' }, // without a size fast-check stays near ten
  );

  /** One at a time, without a database. */
  function model(commands: readonly Step[]): { heard: unknown[]; journals: { seq: number; amount: number }[][] } {
    const accounts: [Moved, Moved] = [{ balance: 3, seq: 0 }, { balance: 0, seq: 0 }];
    const journals: { seq: number; amount: number }[][] = [[], []];
    const known = new Map<string, { amount: number; outcome: Outcome<Moved> }>();
    const outcomes = commands.map(({ which, amount, key }): unknown => {
      const name = `${which}-${key}`; // the keys of the two accounts differ, so that their interleaving does not matter
      const first = key === undefined ? undefined : known.get(name);
      if (first && first.amount !== amount) return 'IDEMPOTENCY_KEY_REUSED';
      const outcome = first?.outcome ?? move(accounts[which], { amount });
      if (!first && outcome.ok) {
        accounts[which] = outcome.answer;
        journals[which]!.push({ seq: outcome.answer.seq, amount });
      }
      if (!first && key !== undefined) known.set(name, { amount, outcome });
      return outcome.ok ? outcome.answer : outcome.refusal.code;
    });
    return { heard: outcomes, journals };
  }

  it('decides exactly as one at a time would, in outcome and in journal', async () => {
    batches.length = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 20 }), async (commands, maxBatch) => {
        const run = async (gate: Turnstile<Move, Moved>, together: boolean): Promise<{ heard: unknown[]; journals: unknown[] }> => {
          const accounts = [await account(3), await account(0)];
          const prefix = ids.next();
          const answers: Promise<unknown>[] = [];
          for (const { which, amount, key, pause } of commands) {
            for (let turn = 0; turn < pause; turn++) await new Promise((resolve) => setImmediate(resolve));
            const answer = heard(gate.submit(accounts[which]!, ticket({ amount }, key === undefined ? undefined : `${prefix}-${which}-${key}`)));
            answers.push(answer);
            if (!together) await answer;
          }
          const outcomes = await Promise.all(answers);
          return { heard: outcomes, journals: [await journal(accounts[0]!), await journal(accounts[1]!)] };
        };
        const expected = model(commands);
        expect(await run(turnstile({ maxBatch }), true)).toEqual(expected);
        expect(await run(turnstile({ mode: 'off' }), false)).toEqual(expected);
        expect(await run(shared({ maxBatch }), true)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
    expect(Math.max(...batches)).toBeGreaterThan(5); // it did gather
  }, 120_000);

  it('lets many keys share a transaction, each with its own outcomes, up to its bounds', async () => {
    keysPerTransaction.length = 0;
    const accounts = await Promise.all(Array.from({ length: 10 }, () => account()));
    const gate = shared({ maxKeys: 4, maxParallel: 1 });
    const answers = accounts.flatMap((id, i) => [heard(gate.submit(id, ticket({ amount: i + 1 }))), heard(gate.submit(id, ticket({ amount: i === 3 ? -9 : 1 })))]);
    expect(await Promise.all(answers)).toEqual(accounts.flatMap((_, i) => [{ balance: i + 1, seq: 1 }, i === 3 ? 'EXPOSURE_EXCEEDED' : { balance: i + 2, seq: 2 }]));
    expect(keysPerTransaction).toEqual([4, 4, 2]);
    keysPerTransaction.length = 0;
    const bounded = shared({ maxBatch: 3, maxParallel: 1 });
    await Promise.all(accounts.flatMap((id) => [1, 2].map((amount) => bounded.submit(id, ticket({ amount })))));
    expect(keysPerTransaction.every((keys) => keys <= 3)).toBe(true);
  });

  it('fails the culprit alone among the keys of one transaction', async () => {
    const [a, b] = [await account(), await account()];
    const gate = shared();
    const answers = await Promise.all([heard(gate.submit(a, ticket({ amount: 2, poison: true }, ids.next()))), heard(gate.submit(b, ticket({ amount: 4 }, ids.next()))), heard(gate.submit(ids.next(), ticket({ amount: 4 }, ids.next())))]);
    expect(answers[0]).toContain('journal_amount_check');
    expect(answers.slice(1)).toEqual([{ balance: 4, seq: 1 }, 'NOT_FOUND']);
    expect(await journal(a)).toEqual([]);
  });

  it('refuses when too many wait, and only for that key', async () => {
    const gate = turnstile({ maxQueue: 2 });
    const [hot, cold] = [await account(), await account()];
    const answers = [1, 2, 3].map((amount) => heard(gate.submit(hot, ticket({ amount }))));
    const other = heard(gate.submit(cold, ticket({ amount: 1 })));
    expect(await Promise.all(answers)).toEqual([{ balance: 1, seq: 1 }, { balance: 3, seq: 2 }, 'QUEUE_FULL']);
    expect(await other).toEqual({ balance: 1, seq: 1 });
    expect(await heard(gate.submit(hot, ticket({ amount: 3 })))).toEqual({ balance: 6, seq: 3 });
  });

  it('does not decide a command whose deadline has passed, and forgets it', async () => {
    let now = 1_000;
    const gate = turnstile({ now: () => now });
    const id = await account();
    const key = ids.next();
    const late = gate.submit(id, ticket({ amount: 1 }, key, 1_005));
    const inTime = gate.submit(id, ticket({ amount: 2 }, undefined, 1_010));
    now = 1_010;
    expect(await Promise.all([heard(late), heard(inTime)])).toEqual(['DEADLINE_EXCEEDED', { balance: 2, seq: 1 }]);
    expect(await heard(gate.submit(id, ticket({ amount: 1 }, key)))).toEqual({ balance: 3, seq: 2 });
  });

  it('fails the culprit alone when the database refuses a batch', async () => {
    const gate = turnstile();
    const id = await account();
    const answers = await Promise.all([
      heard(gate.submit(id, ticket({ amount: 1 }))),
      heard(gate.submit(id, ticket({ amount: 2, poison: true }, ids.next()))),
      heard(gate.submit(id, ticket({ amount: 4 }, ids.next()))),
    ]);
    expect([answers[0], answers[2]]).toEqual([{ balance: 1, seq: 1 }, { balance: 5, seq: 2 }]);
    expect(answers[1]).toContain('journal_amount_check');
    expect(await journal(id)).toEqual([{ seq: 1, amount: 1 }, { seq: 2, amount: 4 }]);
  });

  it('stores refusals, those that are thrown too, as first answers', async () => {
    const gate = turnstile();
    const id = ids.next();
    const key = ids.next();
    expect(await heard(gate.submit(id, ticket({ amount: 1 }, key)))).toBe('NOT_FOUND');
    await database.query('insert into accounts values ($1, 0, 0)', [id]);
    expect(await heard(gate.submit(id, ticket({ amount: 1 }, key)))).toBe('NOT_FOUND');
    expect(await heard(gate.submit(id, ticket({ amount: 1 }, ids.next())))).toEqual({ balance: 1, seq: 1 });
  });

  it('answers a key once over two instances and two aggregates at the same time', async () => {
    const gates = [turnstile(), turnstile()];
    const [a, b] = [await account(), await account()];
    for (let round = 0; round < 20; round++) {
      const key = ids.next();
      const answers = await Promise.all([
        heard(gates[0]!.submit(a, ticket({ amount: 1 }, key))),
        heard(gates[1]!.submit(a, ticket({ amount: 1 }, key))),
        heard(gates[1]!.submit(b, ticket({ amount: 2 }, key))),
      ]);
      if (answers[2] === 'IDEMPOTENCY_KEY_REUSED') expect(answers[0]).toEqual(answers[1]);
      else expect(answers.slice(0, 2)).toEqual(['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_REUSED']);
    }
    expect((await journal(a)).length + (await journal(b)).length).toBe(20);
  });

  it('finds out by the idempotency key what a lost connection left open', async () => {
    const id = await account();
    let cut = 2;
    const gate = turnstile({
      database: {
        transaction: async (fn) => {
          const result = await database.transaction(fn);
          if (cut-- > 0) throw new Error('Connection terminated unexpectedly'); // the commit happened, its answer was lost
          return result;
        },
      },
    });
    const answers = [heard(gate.submit(id, ticket({ amount: 1 }, ids.next()))), heard(gate.submit(id, ticket({ amount: 2 }))), heard(gate.submit(id, ticket({ amount: 4 }, ids.next())))];
    expect(await Promise.all(answers)).toEqual(['UNAVAILABLE', 'UNAVAILABLE', { balance: 7, seq: 3 }]);
    expect(await journal(id)).toHaveLength(3);
  });

  it('drains: answers what it has taken, and takes no more', async () => {
    const gate = turnstile({ maxBatch: 2 });
    const id = await account();
    const answers = [1, 2, 3, 4, 5].map((amount) => heard(gate.submit(id, ticket({ amount }))));
    await gate.drain();
    expect(await heard(gate.submit(id, ticket({ amount: 1 })))).toBe('UNAVAILABLE');
    expect(await journal(id)).toHaveLength(5);
    expect((await Promise.all(answers)).at(-1)).toEqual({ balance: 15, seq: 5 });
  });
});
