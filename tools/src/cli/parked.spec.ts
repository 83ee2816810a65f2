import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { listParked, parkedText, replayParked, replayText } from './parked.js';

describe('naru events parked and replay', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(`insert into warehousing.parked_key (consumer, key, since, error) values ('warehousing', 'lot-1', '2022-06-23T05:00:00Z', E'no such lot\\n  at line 3')`);
    await database.query(`insert into auction.parked_key (consumer, key, since, error) values ('auction', 'lot-2', '2022-06-23T04:00:00Z', 'closed'), ('auction', 'lot-3', '2022-06-23T06:00:00Z', 'closed')`);
    await database.query(
      `insert into warehousing.parked (consumer, key, event_id, topic, position, type, source, payload, time, record_time)
       select 'warehousing', 'lot-1', gen_random_uuid(), 'naru.auction.v1', n, 't', 'auction', '', now(), now() from generate_series(1, 2) n`,
    );
  });
  afterAll(() => database.drop());

  const list = () => listParked((text, values) => database.query(text, values));
  const asked = async (schema: string): Promise<string[]> => (await database.query<{ key: string }>(`select key from ${schema}.parked_key where next_at <= clock_timestamp() order by key`)).map(({ key }) => key);

  it('lists the parked keys of every consumer, the oldest first, with what waits behind them', async () => {
    expect((await list()).map(({ consumer, key, events }) => [consumer, key, events])).toEqual([['auction', 'lot-2', 0], ['warehousing', 'lot-1', 2], ['auction', 'lot-3', 0]]);
    const text = parkedText(await list());
    expect(text).toContain('warehousing lot-1: no such lot\n');
    expect(text).not.toContain('at line 3');
    expect(parkedText([])).toBe('nothing is parked');
  });

  it('asks for one key or for all of a consumer, and for nobody else’s', async () => {
    expect(await replayParked(database.adminUrl, 'auction', 'lot-3')).toEqual(['lot-3']);
    expect(await asked('auction')).toEqual(['lot-3']);
    expect(await replayParked(database.adminUrl, 'auction', undefined)).toEqual(['lot-2', 'lot-3']);
    expect([await asked('auction'), await asked('warehousing')]).toEqual([['lot-2', 'lot-3'], []]);
  });

  it('says what it does not know', async () => {
    await expect(replayParked(database.adminUrl, 'kitchen', undefined)).rejects.toThrow('there is no consumer kitchen; there are identity');
    await expect(replayParked(database.adminUrl, 'auction', 'lot-9')).rejects.toThrow('auction has not parked lot-9');
    expect(await replayParked(database.adminUrl, 'gateway', undefined)).toEqual([]);
  });

  it('says when it happens', () => {
    expect([replayText([], 'auction', true), replayText(['k'], 'auction', true), replayText(['k', 'l'], 'auction', false)]).toEqual([
      'auction has parked nothing',
      'one key of auction will be taken again within a second; naru events parked shows what stays',
      '2 keys of auction will be taken again at the next npm start',
    ]);
  });
});
