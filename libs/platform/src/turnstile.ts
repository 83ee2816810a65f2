import { type Context, ROOT_CONTEXT, context } from '@opentelemetry/api';
import { type Refusal, Refused } from '@naru/kernel/decision';
import { isConnectionFailure, isContention, isRetriable } from './bus/retriable.js';
import { systemClock } from './clocks.js';
import { crashPoint } from './crash-point.js';
import type { Database, Transaction } from './database.js';
import { type FirstAnswer, type IdempotencyKey, firstAnswers, isAnsweredMeanwhile, storeAnswers } from './first-answers.js';

/** One command that waits at the turnstile. */
export interface Ticket<Command> {
  readonly command: Command;
  /** System time after which it must not be decided any more. */
  readonly deadline: number;
  /** `method` is the turnstile's name unless it says otherwise: a key is known per organization and method. */
  readonly idempotency: { readonly key: string; readonly fingerprint: Buffer; readonly organizationId: string; readonly method?: string } | undefined;
  /** The trace that its events belong to (`outbox.publish` takes it per event); the submitter's unless it says otherwise. */
  readonly trace?: Context;
}

/** What became of one command. A refusal is an outcome: it is stored and answered like any other. */
export type Outcome<Answer> = { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly refusal: Refusal };

/** The tickets of one key, in order. */
export interface KeyTickets<Command> {
  readonly key: string;
  readonly tickets: readonly Ticket<Command>[];
}

interface Settings<Answer> {
  readonly database: Pick<Database, 'transaction'>;
  readonly name: string;
  /** How an answer is stored under its idempotency key. */
  readonly encode: (answer: Answer) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Answer;
  /** Commands per transaction. */
  readonly maxBatch?: number;
  /** Commands that may wait for one key; more are refused. */
  readonly maxQueue?: number;
  /** Transactions at a time, over all keys: fewer than the pool has connections. */
  readonly maxParallel?: number;
  /** `off`: a transaction per command, at once. For comparison. */
  readonly mode?: 'on' | 'off';
  readonly crashAt?: string;
  readonly now?: () => number;
}

/** A transaction per key: for aggregates that are hot one by one. */
export interface TurnstileOptions<Command, Answer> extends Settings<Answer> {
  /**
   * Decides `tickets`, in order, on the aggregate `key`: locks its row first, then the others it touches in order of their ids,
   * and gives an outcome for each ticket. May run again on the same tickets: keeps nothing outside `tx`. A throw fails every ticket given.
   */
  readonly decide: (tx: Transaction, key: string, tickets: readonly Ticket<Command>[]) => Promise<readonly Outcome<Answer>[]>;
}

/** One transaction for the commands of many keys: for aggregates that are hot together, a few commands each. */
export interface SharedTurnstileOptions<Command, Answer> extends Settings<Answer> {
  /** Keys per transaction. */
  readonly maxKeys: number;
  /**
   * Decides the tickets of several keys, each key once: locks the rows of all of them in one order, whichever keys come together, and gives the outcomes
   * of each key's tickets in their order. Otherwise as `decide`.
   */
  readonly decideTogether: (tx: Transaction, groups: readonly KeyTickets<Command>[]) => Promise<readonly (readonly Outcome<Answer>[])[]>;
}

interface Waiting<Command, Answer> {
  readonly key: string;
  readonly ticket: Ticket<Command>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue<Command, Answer> {
  readonly key: string;
  waiting: Waiting<Command, Answer>[];
  /** Queued for a turn, or in it. */
  busy: boolean;
}

const DEADLINE_EXCEEDED: Refusal = { code: 'DEADLINE_EXCEEDED', details: {}, why: [] };
const KEY_REUSED: Refusal = { code: 'IDEMPOTENCY_KEY_REUSED', details: {}, why: [] };
const ABORTED: Refusal = { code: 'ABORTED', details: {}, why: [] };
const UNAVAILABLE: Refusal = { code: 'UNAVAILABLE', details: {}, why: [] };

/**
 * Lets the commands of one key through together, or those of many keys: those that arrive while a transaction runs wait, and share the next.
 * Contention makes batches larger instead of slower. Correctness rests on the row lock that `decide` takes, so several
 * instances may serve the same key.
 */
export class Turnstile<Command, Answer> {
  readonly #options: Settings<Answer>;
  readonly #decide: SharedTurnstileOptions<Command, Answer>['decideTogether'];
  readonly #maxKeys: number;
  readonly #maxBatch: number;
  readonly #maxQueue: number;
  readonly #maxParallel: number;
  readonly #now: () => number;
  readonly #queues = new Map<string, Queue<Command, Answer>>();
  /** Keys that wait for a turn, in order of arrival. */
  #ready: Queue<Command, Answer>[] = [];
  #running = 0;
  #scheduled = false;
  #draining = false;
  #drained: (() => void)[] = [];

  constructor(options: TurnstileOptions<Command, Answer> | SharedTurnstileOptions<Command, Answer>) {
    this.#options = options;
    this.#decide = 'decide' in options ? async (tx, [group]) => [await options.decide(tx, group!.key, group!.tickets)] : options.decideTogether;
    this.#maxKeys = 'decide' in options ? 1 : options.maxKeys;
    this.#maxBatch = options.maxBatch ?? 512;
    this.#maxQueue = options.maxQueue ?? 4_096;
    this.#maxParallel = options.maxParallel ?? 8;
    this.#now = options.now ?? systemClock.now;
  }

  /**
   * Resolves with the answer once it is durable. Rejects with `Refused`: what `decide` refused, QUEUE_FULL, DEADLINE_EXCEEDED,
   * IDEMPOTENCY_KEY_REUSED, ABORTED (others on the same rows), UNAVAILABLE (draining, or a lost connection and no idempotency key to find out what happened);
   * or with the error by which the database refused this very command.
   */
  submit(key: string, ticket: Ticket<Command>): Promise<Answer> {
    if (this.#draining) return Promise.reject(new Refused(UNAVAILABLE));
    const traced: Ticket<Command> = ticket.trace ? ticket : { command: ticket.command, deadline: ticket.deadline, idempotency: ticket.idempotency, trace: context.active() };
    return new Promise<Answer>((resolve, reject) => {
      const waiting = { key, ticket: traced, resolve, reject };
      if (this.#options.mode === 'off') {
        this.#running++;
        void this.#pass([waiting]).finally(() => this.#leave());
        return;
      }
      let queue = this.#queues.get(key);
      if (!queue) this.#queues.set(key, (queue = { key, waiting: [], busy: false }));
      if (queue.waiting.length >= this.#maxQueue) {
        reject(new Refused({ code: 'QUEUE_FULL', details: {}, why: [] }));
        return;
      }
      queue.waiting.push(waiting);
      if (!queue.busy) {
        queue.busy = true;
        this.#ready.push(queue);
        this.#schedule();
      }
    });
  }

  /** Whether nothing of `key` waits or is being decided here. Without queues (`off`) nobody can tell. */
  isIdle(key: string): boolean {
    return this.#options.mode !== 'off' && !this.#queues.has(key);
  }

  /** Takes no more, and resolves once everything taken is answered. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#running === 0 && this.#ready.length === 0) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** After the current turn of the event loop: what arrives in it shares a transaction. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    context.with(ROOT_CONTEXT, () => setImmediate(() => {
      this.#scheduled = false;
      this.#start();
    }));
  }

  #start(): void {
    while (this.#running < this.#maxParallel && this.#ready.length > 0) {
      const queues = [this.#ready.shift()!];
      const batch = this.#take(queues[0]!, this.#maxBatch);
      while (queues.length < this.#maxKeys && batch.length < this.#maxBatch && this.#ready.length > 0) {
        const queue = this.#ready.shift()!;
        queues.push(queue);
        batch.push(...this.#take(queue, this.#maxBatch - batch.length));
      }
      this.#running++;
      void this.#pass(batch).finally(() => {
        for (const queue of queues) {
          if (queue.waiting.length > 0) this.#ready.push(queue);
          else {
            queue.busy = false;
            this.#queues.delete(queue.key);
          }
        }
        this.#leave();
      });
    }
  }

  #take(queue: Queue<Command, Answer>, most: number): Waiting<Command, Answer>[] {
    const taken = queue.waiting.length <= most ? queue.waiting : queue.waiting.slice(0, most);
    queue.waiting = queue.waiting.length <= most ? [] : queue.waiting.slice(most);
    return taken;
  }

  #leave(): void {
    this.#running--;
    if (this.#ready.length > 0) this.#schedule();
    else if (this.#running === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Settles every command of `batch`; never rejects. */
  async #pass(batch: readonly Waiting<Command, Answer>[]): Promise<void> {
    const now = this.#now();
    const inTime: Waiting<Command, Answer>[] = [];
    for (const waiting of batch) {
      if (waiting.ticket.deadline < now) waiting.reject(new Refused(DEADLINE_EXCEEDED));
      else inTime.push(waiting);
    }
    if (inTime.length === 0) return;
    try {
      this.#answer(inTime, await this.#transact(inTime));
    } catch (error) {
      await this.#afterFailure(inTime, error);
    }
  }

  #answer(batch: readonly Waiting<Command, Answer>[], outcomes: readonly Outcome<Answer>[]): void {
    crashPoint('turnstile.after-commit', this.#options.crashAt);
    batch.forEach((waiting, at) => {
      const outcome = outcomes[at]!;
      if (outcome.ok) waiting.resolve(outcome.answer);
      else waiting.reject(new Refused(outcome.refusal));
    });
  }

  /** The database refused the batch: alone, only the culprit fails. */
  async #afterFailure(batch: readonly Waiting<Command, Answer>[], error: unknown): Promise<void> {
    const unknown = isConnectionFailure(error); // the commit may have happened: only an idempotency key can tell
    const worthwhile = unknown || batch.length > 1 || isAnsweredMeanwhile(error);
    for (const waiting of batch) {
      if (!worthwhile || (unknown && !waiting.ticket.idempotency)) waiting.reject(await this.#lastWord(waiting.ticket, error));
      else {
        try {
          this.#answer([waiting], await this.#transact([waiting]));
        } catch (own) {
          waiting.reject(await this.#lastWord(waiting.ticket, own));
        }
      }
    }
  }

  /** What the submitter hears when its command failed alone. A refusal that was thrown is stored like one that was returned. */
  async #lastWord({ idempotency }: Ticket<Command>, error: unknown): Promise<unknown> {
    if (isRetriable(error)) return new Refused(isContention(error) ? ABORTED : UNAVAILABLE);
    if (!(error instanceof Refused) || !idempotency) return error;
    try {
      await this.#options.database.transaction(async (tx) => storeAnswers(tx, [{ ...this.#keyOf(idempotency), response: undefined, refusal: error.refusal }]));
    } catch {
      return new Refused(UNAVAILABLE); // not stored, so not answered: the next try decides anew
    }
    return error;
  }

  #keyOf(idempotency: NonNullable<Ticket<Command>['idempotency']>): IdempotencyKey {
    return { organizationId: idempotency.organizationId, method: idempotency.method ?? this.#options.name, key: idempotency.key, fingerprint: idempotency.fingerprint };
  }

  /** Decides `batch` in one transaction, each idempotency key once; gives an outcome per command. */
  #transact(batch: readonly Waiting<Command, Answer>[]): Promise<Outcome<Answer>[]> {
    const { database, encode, decode, crashAt } = this.#options;
    const scope = batch.length === 1 ? batch[0]!.ticket.trace! : ROOT_CONTEXT;
    return context.with(scope, () => database.transaction(async (tx) => {
      const keys = batch.map(({ ticket }) => ticket.idempotency && this.#keyOf(ticket.idempotency));
      const known = await firstAnswers(tx, keys);
      const outcomes = new Array<Outcome<Answer> | undefined>(batch.length);
      const places: number[] = [];
      const firstPlaces = new Map<string, number>();
      keys.forEach((idempotency, at) => {
        const answer = known[at];
        if (answer) outcomes[at] = outcomeOf(answer, idempotency!, decode);
        else if (!idempotency || firstWithin(firstPlaces, idempotency, at) === at) places.push(at);
      });
      if (places.length > 0) {
        const groups = groupsOf(batch, places);
        const decided = await this.#decide(tx, groups.map(({ key, places: of }) => ({ key, tickets: of.map((at) => batch[at]!.ticket) })));
        groups.forEach(({ places: of }, i) => {
          if (decided[i]?.length !== of.length) throw new Error(`${this.#options.name} decided ${decided[i]?.length ?? 0} of ${of.length} commands`);
          of.forEach((at, j) => (outcomes[at] = decided[i]![j]!));
        });
        storeAnswers(tx, places.flatMap((at) => {
          const idempotency = keys[at];
          if (!idempotency) return [];
          const outcome = outcomes[at]!;
          return [{ ...idempotency, response: outcome.ok ? encode(outcome.answer) : undefined, refusal: outcome.ok ? undefined : outcome.refusal }];
        }));
      }
      crashPoint('turnstile.before-commit', crashAt);
      return batch.map((_, at) => outcomes[at] ?? repeated(keys, firstPlaces, outcomes, at));
    }));
  }
}

/** Where the tickets of each key stand in the batch. Those of a key follow each other there. */
function groupsOf(batch: readonly { readonly key: string }[], places: readonly number[]): readonly { readonly key: string; readonly places: number[] }[] {
  const groups: { key: string; places: number[] }[] = [];
  for (const at of places) {
    const { key } = batch[at]!;
    const last = groups.at(-1);
    if (last?.key === key) last.places.push(at);
    else groups.push({ key, places: [at] });
  }
  return groups;
}

function nameOf({ organizationId, method, key }: IdempotencyKey): string {
  return `${organizationId} ${method} ${key}`;
}

/** Where in the batch `idempotency` came first; here, if nowhere before. */
function firstWithin(firstPlaces: Map<string, number>, idempotency: IdempotencyKey, at: number): number {
  const name = nameOf(idempotency);
  const first = firstPlaces.get(name);
  if (first === undefined) firstPlaces.set(name, at);
  return first ?? at;
}

/** The outcome of a command whose key came earlier in the batch. */
function repeated<Answer>(
  keys: readonly (IdempotencyKey | undefined)[],
  firstPlaces: ReadonlyMap<string, number>,
  outcomes: readonly (Outcome<Answer> | undefined)[],
  at: number,
): Outcome<Answer> {
  const first = firstPlaces.get(nameOf(keys[at]!))!;
  return Buffer.compare(keys[first]!.fingerprint, keys[at]!.fingerprint) === 0 ? outcomes[first]! : { ok: false, refusal: KEY_REUSED };
}

function outcomeOf<Answer>(first: FirstAnswer, { fingerprint }: IdempotencyKey, decode: (bytes: Uint8Array) => Answer): Outcome<Answer> {
  if (Buffer.compare(first.fingerprint, fingerprint) !== 0) return { ok: false, refusal: KEY_REUSED };
  return first.response ? { ok: true, answer: decode(first.response) } : { ok: false, refusal: first.refusal! };
}
