import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PUBLISHERS } from '@naru/contracts/registry';
import type { Database } from '../database.js';
import { Ids } from '../ids.js';
import { busContract } from './contract.js';
import { EmbeddedBus } from './embedded.js';
import { embeddedRelay } from './outbox-session.js';
import { type SpecDatabase, specDatabase } from './spec-database.js';

busContract('embedded', {
  bus: ({ spec, database, service, log, shuffle }) => new EmbeddedBus({ database, url: spec.url(service), service, log, shuffle, pollMs: 100 }),
  open: ({ spec, service }) => embeddedRelay({ url: spec.url(service), service, topic: `naru.${service}.v1` }),
});

describe('the schema of the embedded bus', () => {
  let spec: SpecDatabase;
  let auction: Database;
  const record = (service: string) => ({
    topic: `naru.${service}.v1`, id: new Ids().next(), type: `naru.${service}.v1.SpecHappened`, source: service, key: 'k', payload: Buffer.from('x'),
    time: 0, recordTime: 0, traceparent: undefined, tracestate: undefined,
  });

  beforeAll(async () => {
    spec = await specDatabase(['auction']);
    auction = await spec.connect('auction');
  }, 60_000);

  afterAll(async () => {
    await auction?.close();
    await spec?.drop();
  }, 60_000);

  it('has a log for every publisher', async () => {
    const rows = await spec.admin(`select table_name from information_schema.tables where table_schema = 'bus' and table_name like '%\\_log' order by 1`);
    expect(rows.map((row) => row['table_name'])).toEqual(PUBLISHERS.map((publisher) => `${publisher}_log`).sort());
  });

  it('lets a role append to its own log alone, and change none', async () => {
    const bus = new EmbeddedBus({ database: auction, url: spec.url('auction'), service: 'auction', log: () => {} });
    await bus.publish([record('auction')]);
    await expect(bus.publish([record('auction'), record('warehousing')])).rejects.toMatchObject({ code: '42501' });
    for (const sql of [`update bus.auction_log set key = 'x'`, 'delete from bus.auction_log', 'truncate bus.auction_log', `insert into bus.identity_log (event_id, type, key, payload, time, record_time) select event_id, type, key, payload, time, record_time from bus.auction_log`]) {
      await expect(auction.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
    expect(await auction.query('select key from bus.auction_log')).toHaveLength(1);
    expect(await auction.query('select key from bus.warehousing_log')).toHaveLength(0);
    await bus.close(100);
  });

  it('lets a role move its own cursors alone', async () => {
    await spec.admin(`insert into bus.cursors (role, consumer_group, topic, position) values ('warehousing_app', 'warehousing', 'naru.auction.v1', 7)`);
    await auction.query(`update bus.cursors set position = 9`);
    await expect(auction.query(`insert into bus.cursors (role, consumer_group, topic, position) values ('warehousing_app', 'w', 't', 1)`)).rejects.toMatchObject({ code: '42501' });
    expect(await auction.query(`select position from bus.cursors where role = 'warehousing_app'`)).toEqual([{ position: 7n }]);
  });

  it('gives positions in the order of commits, whoever appends', async () => {
    const gate = Promise.withResolvers<void>();
    const drawn = Promise.withResolvers<void>();
    const append = (tx: Pick<Database, 'query'>, key: string) =>
      tx.query<{ position: bigint }>(`insert into bus.auction_log (event_id, type, key, payload, time, record_time) values (uuidv7(), 't', $1, '', now(), now()) returning position`, [key]);
    const first = auction.transaction(async (tx) => {
      const rows = await append(tx, 'first');
      drawn.resolve();
      await gate.promise;
      return rows[0]!.position;
    });
    await drawn.promise;
    let ended = false;
    const second = append(auction, 'second').then((rows) => ((ended = true), rows[0]!.position));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ended).toBe(false);
    gate.resolve();
    expect(await second).toBeGreaterThan(await first);
  });

  it('says where its logs end once nothing is left to publish or to consume', async () => {
    await spec.admin('truncate bus.auction_log, auction.outbox');
    const bus = new EmbeddedBus({ database: auction, url: spec.url('auction'), service: 'auction', log: () => {}, pollMs: 20 });
    const [before] = await spec.admin('select coalesce(max(position), 0)::text as end from bus.identity_log');
    const taking = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    await bus.subscribe({ group: 'ends', topics: ['naru.identity.v1'], handle: () => (taking.resolve(), taken.promise) });
    const settled = async (): Promise<unknown> => {
      for (;;) {
        const ends = await bus.settledAt();
        if (ends) return ends;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    expect(await settled()).toEqual(new Map([['naru.auction.v1', 0n], ['naru.identity.v1', BigInt(before!['end'] as string)]]));

    await spec.admin(`insert into bus.identity_log (event_id, type, key, payload, time, record_time) values (uuidv7(), 't', 'k', '', now(), now())`);
    await taking.promise;
    expect(await bus.settledAt()).toBeUndefined(); // read, but not consumed
    taken.resolve();
    expect(await settled()).toEqual(new Map([['naru.auction.v1', 0n], ['naru.identity.v1', BigInt(before!['end'] as string) + 1n]]));

    await spec.admin(`insert into auction.outbox (event_id, type, key, payload, time, record_time) values (uuidv7(), 't', 'k', '', now(), now())`);
    expect(await bus.settledAt()).toBeUndefined(); // committed, but not published
    await bus.close(100);
    await spec.admin('truncate auction.outbox');
  });

  it('trims what is old and passed by every cursor', async () => {
    await spec.admin(`delete from bus.cursors; truncate bus.auction_log restart identity`);
    await spec.admin(`insert into bus.auction_log (event_id, type, key, payload, time, record_time) select uuidv7(), 't', 'k', '', now(), now() - i * interval '1 day' from generate_series(10, 1, -1) i`);
    await spec.admin(`insert into bus.cursors values ('warehousing_app', 'warehousing', 'naru.auction.v1', 4, now())`);
    expect(await spec.admin(`select bus.trim('auction', interval '7 days') as n`)).toEqual([{ n: '4' }]);
    await spec.admin(`update bus.cursors set position = 9`);
    expect(await spec.admin(`select bus.trim('auction', interval '3 days') as n`)).toEqual([{ n: '4' }]);
    await expect(auction.query(`select bus.trim('warehousing', interval '1 day')`)).rejects.toMatchObject({ code: '42501' });
  });
});
