import { seededRandom } from '@naru/kernel/random';
import { Consumer } from '../consumer.js';
import type { Transaction } from '../database.js';
import { Relay, type RelaySession } from '../relay.js';
import { Bell, type Timer } from './bell.js';
import { Lane } from './lane.js';
import type { Bus, BusRecord } from './port.js';

/** Faults that a correct bus must survive end after this many steps; then everything must arrive. */
const FAULTY_STEPS = 400;
const MOST_STEPS = 6_000;
const EVENTS = 40;
const KEYS = ['a', 'b', 'c'];
const TYPE = 'naru.auction.v1.SpecHappened';

/** What may be planted to see that the checker finds it. */
export type PlantedBug = 'inbox-off' | 'cursor-relay' | 'delete-before-send' | 'cursor-before-effect' | 'no-aggregate-lock';

interface Process {
  alive: boolean;
}

interface Fact {
  readonly id: string;
  readonly key: string;
  readonly n: number;
}

/** Steps that wait for their turn. The seed says whose it is, and who dies of it. */
class Schedule {
  readonly random: () => number;
  readonly #waiting: { readonly owner: Process; readonly resume: () => void }[] = [];
  steps = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  get faulty(): boolean {
    return this.steps < FAULTY_STEPS;
  }

  chance(share: number): boolean {
    return this.faulty && this.random() < share;
  }

  step(owner: Process): Promise<void> {
    return new Promise((resume) => void (owner.alive && this.#waiting.push({ owner, resume })));
  }

  timer(owner: Process): Timer {
    return (_ms, ring) => {
      const entry = { owner, resume: ring };
      if (owner.alive) this.#waiting.push(entry);
      return () => {
        const at = this.#waiting.indexOf(entry);
        if (at >= 0) this.#waiting.splice(at, 1);
      };
    };
  }

  kill(owner: Process): void {
    owner.alive = false;
    for (let at = this.#waiting.length - 1; at >= 0; at--) if (this.#waiting[at]!.owner === owner) this.#waiting.splice(at, 1);
  }

  /** Takes one step; gives the process that dies instead, if one does. */
  async next(): Promise<Process | undefined> {
    await new Promise((resolve) => setImmediate(resolve)); // whatever can go on without a step has done so
    this.steps++;
    if (this.#waiting.length === 0) return undefined;
    const [entry] = this.#waiting.splice(Math.floor(this.random() * this.#waiting.length), 1);
    if (this.chance(0.03)) return entry!.owner;
    entry!.resume();
    return undefined;
  }
}

/**
 * The real relay, lane and consumer on a simulated database and bus, in which every await is a step and the seed chooses
 * steps, crashes, late commits and lost answers. Resolves with what went wrong, or undefined.
 */
export async function simulate(seed: number, bug?: PlantedBug): Promise<string | undefined> {
  const schedule = new Schedule(seed);
  const { random } = schedule;
  const lostAnswer = (): void => {
    if (schedule.chance(0.05)) throw new Error('Connection terminated unexpectedly');
  };

  // what is durable
  let nextId = 1;
  const counters = new Map(KEYS.map((key) => [key, 0]));
  const outbox = new Map<number, Fact>();
  const log: Fact[] = [];
  const inbox = new Set<string>();
  const effects: Fact[] = [];
  let cursor = 0n;
  let relayCursor = 0;
  let committed = 0;
  // what lives with its connection
  const locks = new Map<string, Process>();
  let leader: Process | undefined;

  /** Commands: lock the aggregate, draw the id, commit any time later. */
  async function produce(owner: Process): Promise<void> {
    while (committed < EVENTS) {
      const key = KEYS[Math.floor(random() * KEYS.length)]!;
      const locking = bug !== 'no-aggregate-lock';
      while (locking && locks.get(key)?.alive) await schedule.step(owner);
      locks.set(key, owner);
      await schedule.step(owner);
      const id = nextId++;
      const n = counters.get(key)! + 1;
      await schedule.step(owner);
      if (random() < 0.3) await schedule.step(owner);
      outbox.set(id, { id: `${key}-${n}`, key, n });
      counters.set(key, n);
      committed++;
      locks.delete(key);
      relay.wake();
      await schedule.step(owner);
    }
  }

  function session(owner: Process): RelaySession {
    const end = schedule.random() < 0.5; // a bus of its own, beside the database: two steps, either of which may fail
    return {
      tryLock: async () => {
        await schedule.step(owner);
        if (leader?.alive && leader !== owner) return false;
        leader = owner;
        return true;
      },
      move: async (limit) => {
        await schedule.step(owner);
        const oldest = [...outbox].sort(([a], [b]) => a - b).filter(([id]) => bug !== 'cursor-relay' || id > relayCursor).slice(0, Math.min(limit, 1 + Math.floor(random() * 5)));
        const remove = (): void => oldest.forEach(([id]) => ((relayCursor = Math.max(relayCursor, id)), outbox.delete(id)));
        if (bug === 'delete-before-send') remove();
        if (end) await schedule.step(owner);
        log.push(...oldest.map(([, fact]) => fact));
        if (end) {
          lostAnswer();
          await schedule.step(owner);
        }
        remove();
        lane.bell.ring();
        lostAnswer();
        return oldest.length;
      },
      announce: () => schedule.step(owner),
      nudge: () => schedule.step(owner),
      close: () => schedule.step(owner),
    };
  }

  function startRelay(): Relay {
    const owner: Process = { alive: true };
    starters.set(owner, () => (relay = startRelay()));
    const started = new Relay({
      service: 'auction', log: () => {}, random, timer: schedule.timer(owner), now: () => schedule.steps, batch: 10,
      open: async () => {
        await schedule.step(owner);
        return session(owner);
      },
    });
    started.start();
    return started;
  }

  function startConsumer(): Lane {
    const owner: Process = { alive: true };
    starters.set(owner, () => (lane = startConsumer()));
    const transaction = async <T>(fn: (tx: Transaction) => Promise<T>): Promise<T> => {
      await schedule.step(owner);
      const writes: (() => void)[] = [];
      const result = await fn({ query: async () => [], send: () => {}, savepoint: (inner) => inner(), afterCommit: (write) => void writes.push(write), manager: undefined as never });
      await schedule.step(owner);
      if (schedule.chance(0.05)) throw Object.assign(new Error('deadlock'), { code: '40P01' });
      for (const write of writes) write();
      lostAnswer();
      await schedule.step(owner);
      return result;
    };
    const consumer = new Consumer({
      database: { transaction, query: async () => [] }, bus: undefined as unknown as Bus, group: 'g', service: 's', log: () => {},
      codecs: new Map([[TYPE, { $type: TYPE, encode: () => ({ finish: () => new Uint8Array() }), decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown, fromPartial: (m: unknown) => m }]]),
      handlers: new Map([[TYPE, async (event, tx) => {
        await schedule.step(owner);
        tx.afterCommit(() => effects.push(event.data as Fact));
      }]]),
      inbox: {
        prepareDays: async () => {},
        take: async (tx, _consumer, ids) => {
          await schedule.step(owner);
          tx.afterCommit(() => ids.forEach((id) => inbox.add(id)));
          return new Set(bug === 'inbox-off' ? ids : ids.filter((id) => !inbox.has(id)));
        },
      },
      parking: { heldKeys: async () => [], append: async () => {}, park: async () => Promise.reject(new Error('nothing is poison here')), start: () => {}, stop: async () => {} },
    });
    const started = new Lane({
      topic: 'naru.auction.v1', bell: new Bell(schedule.timer(owner)), timer: schedule.timer(owner), batch: 7, pollMs: 1, random, reorder: undefined, warn: () => {},
      subscription: {
        group: 'g', topics: ['naru.auction.v1'],
        handle: async (batch) => {
          if (bug === 'cursor-before-effect') cursor = batch.at(-1)!.offset;
          await consumer.handle(batch);
        },
      },
    });
    const never = new AbortController().signal;
    started.run({
      tryLock: async () => (await schedule.step(owner), true),
      readCursor: async () => (await schedule.step(owner), cursor),
      read: async (offset, limit) => {
        await schedule.step(owner);
        return log.slice(Number(offset), Number(offset) + limit).map((fact, at) => recordOf(fact, offset + BigInt(at) + 1n));
      },
      writeCursor: async (offset) => {
        await schedule.step(owner);
        if (offset > cursor) cursor = offset;
      },
    }, never, never);
    return started;
  }

  const starters = new Map<Process, () => void>();
  let lane: Lane = startConsumer();
  let relay: Relay = startRelay();
  const startProducer = (): void => {
    const owner: Process = { alive: true };
    starters.set(owner, startProducer);
    void produce(owner);
  };
  for (let i = 0; i < 3; i++) startProducer();

  const complete = (): boolean => committed >= EVENTS && outbox.size === 0 && effects.length >= committed;
  while (schedule.steps < MOST_STEPS && (schedule.faulty || !complete())) {
    const dead = await schedule.next();
    if (dead) {
      schedule.kill(dead);
      starters.get(dead)!();
    }
  }
  for (const owner of starters.keys()) schedule.kill(owner);
  return verdict(effects, [...counters].map(([key, n]) => ({ key, n })));
}

function recordOf(fact: Fact, offset: bigint): BusRecord {
  return {
    topic: 'naru.auction.v1', offset, id: fact.id, type: TYPE, source: 'auction', key: fact.key, payload: Buffer.from(JSON.stringify(fact)), time: 0, recordTime: 0,
    traceparent: undefined, tracestate: undefined,
  };
}

/** Each committed fact has one effect, and those of a key came in its order. */
function verdict(effects: readonly Fact[], counters: readonly { key: string; n: number }[]): string | undefined {
  for (const { key, n } of counters) {
    const came = effects.filter((fact) => fact.key === key).map((fact) => fact.n);
    const wanted = Array.from({ length: n }, (_, at) => at + 1);
    if (came.join() !== wanted.join()) return `${key} committed 1 to ${n}, took effect as ${came.join()}`;
  }
  return undefined;
}
