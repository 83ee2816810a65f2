import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { statusOf, statusText } from './status.js';

describe('naru status', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    const event = `'018f0000-0000-7000-8000-000000000001', 't', 'k', '', now(), now()`;
    await database.query(`insert into auction.outbox (event_id, type, key, payload, time, record_time) values (${event})`);
    await database.query(`insert into auction.parked_key (consumer, key, error) values ('auction', 'k1', 'broken')`);
    await database.query(`insert into bus.warehousing_log (event_id, type, key, payload, time, record_time) select gen_random_uuid(), 't', 'k', '', now(), now() from generate_series(1, 3)`);
    await database.query(`insert into bus.cursors (role, consumer_group, topic, position) values ('auction_app', 'auction', 'naru.warehousing.v1', (select min(position) from bus.warehousing_log))`);
  });
  afterAll(() => database.drop());

  const status = (url?: string) => statusOf({ database: 'market_day', query: (text, values) => database.query(text, values) }, url);

  it('counts what waits, what is out and what is parked, by service and consumer', async () => {
    const { services, lag, ...rest } = await status();
    expect(rest).toEqual({ database: 'market_day' });
    expect(services.find(({ service }) => service === 'auction')).toEqual({ service: 'auction', outbox: 1, published: 0, parked: 1 });
    expect(services.find(({ service }) => service === 'warehousing')).toEqual({ service: 'warehousing', outbox: 0, published: 3, parked: 0 });
    expect(lag).toEqual([{ consumer: 'auction', topic: 'naru.warehousing.v1', records: 2 }]);
  });

  it('says where the system runs, or what to do where it does not', async () => {
    expect(statusText(await status('http://localhost:7700'))).toMatch(/^running at http:\/\/localhost:7700, database market_day\n/);
    const text = statusText(await status());
    expect(text).toMatch(/^not running; .*npm start/);
    expect(text).toContain('keys parked: 1; naru events parked says why');
    expect(text).toMatch(/^auction +1 +0 +1$/m);
  });
});
