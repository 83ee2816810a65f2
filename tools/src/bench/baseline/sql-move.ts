import pg from 'pg';

/** A fact as its producer has it: what one row of the outbox takes from outside. */
export interface Fact {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Uint8Array;
  readonly time: number;
}

/** The same rows on the same way by plain SQL. */
export interface BareFlow {
  /** Begins to take from the outbox. */
  relay(): void;
  /** Commits `facts`, of one trace, to the outbox in one statement. */
  produce(facts: readonly Fact[], traceparent: string): Promise<void>;
  /** Rows whose effect is durable. */
  readonly effects: number;
  stop(): Promise<void>;
}

/**
 * The baseline of the events: the same rows moved outbox → log → inbox and effect by plain SQL, batch by batch with a commit each, and
 * nothing else. Two connections, as ours has two: one moves to the log, the other from the log; what is in a row never leaves PostgreSQL.
 * Neither polls: a commit wakes the first, the first wakes the second. Producers have a connection each and commit with the insert
 * itself, one statement and one round trip.
 */
export async function startBareFlow(url: string, batch: number, producers: number): Promise<BareFlow> {
  const connect = async (options = ''): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, options });
    await client.connect();
    return client;
  };
  const [relay, consumer] = [await connect(PLANS), await connect(PLANS)];
  const idle = await Promise.all(Array.from({ length: producers }, () => connect()));
  const [begin] = (await consumer.query<{ position: string }>('select coalesce(max(position), 0) as position from bus.auction_log')).rows;
  const [committed, published] = [new Signal(), new Signal()];
  let running: Promise<unknown> | undefined;
  let stopping = false;
  let effects = 0;

  const publish = async (): Promise<void> => {
    while (!stopping) {
      const heard = committed.next();
      const moved = (await relay.query({ name: 'move', text: MOVE, values: [batch] })).rowCount ?? 0;
      if (moved > 0) published.give();
      if (moved < batch) await heard;
    }
  };
  const consume = async (): Promise<void> => {
    for (let position = begin!.position; !stopping; ) {
      const heard = published.next();
      const [row] = (await consumer.query<{ taken: string; last: string | null }>({ name: 'take', text: TAKE, values: [position, batch] })).rows;
      effects += Number(row!.taken);
      position = row!.last ?? position;
      if (Number(row!.taken) < batch) await heard;
    }
  };

  return {
    relay: () => void (running ??= Promise.all([publish(), consume()])),
    async produce(facts, traceparent) {
      const client = idle.pop();
      if (!client) throw new Error('more producers than connections');
      const values = [facts.map((fact) => fact.id), facts.map((fact) => fact.type), facts.map((fact) => fact.key), facts.map((fact) => fact.payload), facts.map((fact) => fact.time), traceparent];
      await client.query({ name: 'produce', text: PRODUCE, values });
      idle.push(client);
      committed.give();
    },
    get effects() {
      return effects;
    },
    async stop() {
      stopping = true;
      committed.give();
      published.give();
      await running;
      await Promise.all([relay, consumer, ...idle].map((client) => client.end()));
    },
  };
}

/** Wakes whoever waits; one who asked before it was given does not miss it. */
class Signal {
  #given = Promise.withResolvers<void>();

  next(): Promise<void> {
    return this.#given.promise;
  }

  give(): void {
    this.#given.resolve();
    this.#given = Promise.withResolvers();
  }
}

/** A plan made while a table was empty would walk all of it for every batch, and join each row of the batch with each. */
const PLANS = '-c enable_seqscan=off -c enable_bitmapscan=off -c enable_nestloop=off';

const PRODUCE = `
  insert into auction.outbox (event_id, type, key, payload, time, record_time, traceparent)
  select event_id, type, key, payload, to_timestamp(time / 1000), clock_timestamp(), $6
  from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::float8[]) with ordinality e (event_id, type, key, payload, time, place)
  order by place`;

const MOVE = `
  with moved as (delete from auction.outbox where id = any(array(select id from auction.outbox order by id limit $1)) returning *)
  insert into bus.auction_log (event_id, type, key, payload, time, record_time, traceparent, tracestate)
  select event_id, type, key, payload, time, record_time, traceparent, tracestate from moved order by id`;

/** The effect's values are those that ours decodes from the payload; here they are given, which is less work. */
const TAKE = `
  with records as (select position, event_id, key from bus.auction_log where position > $1 order by position limit $2),
  fresh as (insert into warehousing.inbox (event_id, consumer) select event_id, 'warehousing' from records on conflict do nothing returning event_id),
  effects as (
    insert into warehousing.bench_effects (event_id, lot_id, sequence, price)
    select event_id, key::uuid, position, position from records join fresh using (event_id) returning 1)
  select (select count(*) from effects) as taken, (select max(position) from records) as last`;
