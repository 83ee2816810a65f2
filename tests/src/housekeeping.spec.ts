import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@naru/platform/database';
import { keepHouse } from '@naru/platform/housekeeping';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';

let database: TestDatabase;
let auction: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  auction = await Database.connect({ url: database.services.get('auction')!.databaseUrl, schema: 'auction', poolSize: 2 });
});
afterAll(async () => {
  await auction?.close();
  await database?.drop();
});

describe('housekeeping of a service', () => {
  it('forgets answers after 30 days, and events after 14 once every consumer has taken them', async () => {
    await database.query(`insert into auction.idempotency (organization_id, method, key, fingerprint, response, created_at)
      select gen_random_uuid(), 'm', k::text, '\\x00', '\\x00', now() - k * interval '10 days' from generate_series(0, 5) k`);
    await database.query(`insert into bus.auction_log (event_id, type, key, payload, time, record_time)
      select gen_random_uuid(), 't', 'k', '\\x00', now(), now() - k * interval '10 days' from generate_series(5, 0, -1) k`);
    // a consumer that has not come further than the second of the old events
    await database.query(`insert into bus.cursors (role, consumer_group, topic, position) select 'gateway_app', 'slow', 'naru.auction.v1', position from bus.auction_log order by position offset 1 limit 1`);

    expect(await keepHouse({ database: auction, service: 'auction' })).toEqual({ events: 2, answers: 3 });
    expect(await database.query(`select key from auction.idempotency order by key`)).toEqual([{ key: '0' }, { key: '1' }, { key: '2' }]);
    expect(await keepHouse({ database: auction, service: 'auction' })).toEqual({ events: 0, answers: 0 });
  });

  it('keeps no other service’s house', async () => {
    await expect(keepHouse({ database: auction, service: 'identity' })).rejects.toMatchObject({ code: '42501' });
  });
});
