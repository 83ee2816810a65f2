import pg from 'pg';

/**
 * The baseline of the events: the same rows moved outbox → log → inbox and effect by plain SQL, batch by batch with a commit each, and
 * nothing else. Two connections, as ours has two: one moves to the log, the other from the log; what is in a row never leaves PostgreSQL.
 */
export async function moveBySql(url: string, batch: number, rows: number): Promise<void> {
  const [relay, consumer] = [new pg.Client({ connectionString: url, options: PLANS }), new pg.Client({ connectionString: url, options: PLANS })];
  await relay.connect();
  await consumer.connect();
  try {
    const take = { name: 'take', text: TAKE };
    const [{ position: begin }] = (await consumer.query<{ position: string }>('select coalesce(max(position), 0) as position from bus.auction_log')).rows as [{ position: string }];
    let moved = 0;
    let heard = Promise.withResolvers<void>();
    const publish = async (): Promise<void> => {
      while (moved < rows) {
        moved += (await relay.query({ name: 'move', text: MOVE, values: [batch] })).rowCount ?? 0;
        heard.resolve();
      }
    };
    const consume = async (): Promise<void> => {
      let position = begin;
      for (let taken = 0; taken < rows; ) {
        if (taken === moved) {
          heard = Promise.withResolvers();
          await heard.promise;
        }
        const [row] = (await consumer.query<{ taken: string; last: string }>({ ...take, values: [position, batch] })).rows;
        taken += Number(row!.taken);
        position = row!.last;
      }
    };
    await Promise.all([publish(), consume()]);
  } finally {
    await relay.end();
    await consumer.end();
  }
}

/** A plan made while a table was empty would walk all of it for every batch. */
const PLANS = '-c enable_seqscan=off -c enable_bitmapscan=off';

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
