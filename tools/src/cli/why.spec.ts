import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@naru/testing/test-database';
import { explain, explanationText } from './why.js';

const [centre, network, operator, merchant, item, order] = Array.from({ length: 6 }, () => randomUUID());
const [came, waited, receipt] = Array.from({ length: 3 }, () => randomUUID());
const AT = '2022-06-23T01:00:00.000Z';

describe('naru why', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    const run = (text: string, values: readonly unknown[]) => database.query(text, values);
    await run(`insert into warehousing.centres (centre_id, code, name, operator_organization_id, time_zone, capabilities, opened_at) values ($1, 'C', 'c', $2, 'Asia/Seoul', '{}', $3)`, [centre, operator, AT]);
    await run(`insert into warehousing.networks (network_id, code, name, operator_organization_id, hold_ms, created_at) values ($1, 'N', 'n', $2, 1, $3)`, [network, operator, AT]);
    await run(
      `insert into warehousing.items (item_id, operator_organization_id, code, name, temperature_class, control, catch_weight, gtin) values ($1, $2, 'TEA', 'tea', 'ambient', 'none', false, '')`,
      [item, merchant],
    );
    await run(
      `insert into warehousing.orders (order_id, code, network_id, merchant_organization_id, merchant_reference, content_hash, customer_reference, country, phase, ordered_at)
       values ($1, 'ORD-20220623-1', $2, $3, 'PO-1', '', 'C-1', 'KR', 'received', $4)`,
      [order, network, merchant, AT],
    );
    await run(
      `insert into warehousing.order_lines (order_id, line, item_id, unit, ordered_code, ordered, backordered, unit_price_amount, currency) values ($1, 3, $2, '1 pieces', 'TEA', 5, 5, 1, 'KRW')`,
      [order, item],
    );
    await run(`insert into warehousing.stock_holds (hold_id, centre_id, owner_organization_id, item_id, batch, reason, held_at, event_id) values ($1, $2, $3, $4, 'B1', 'smells of smoke', $5, $6)`, [
      randomUUID(), centre, merchant, item, '2022-06-22T20:00:00Z', receipt,
    ]);
    const fact = `insert into warehousing.order_facts (order_id, line, kind, event_id, at, details, why) values ($1, $2, $3, $4, $5, $6, $7)`;
    await run(fact, [order, null, 'received', came, AT, { reference: 'PO-1', lines: 1, ordered: '5' }, []]);
    await run(fact, [order, 3, 'backordered', waited, AT, { count: '5', reason: 'NOT_ENOUGH' }, [receipt]]);
  });
  afterAll(() => database.drop());

  it('says what stands behind an order and a line of it, with the events, in the order of time', async () => {
    for (const code of ['ORD-20220623-1', 'ORD-20220623-1/3', 'ORD-20220623-1.3']) {
      const { facts } = await explain(database.readerUrl, code);
      expect(facts.map(({ kind, eventId, line }) => [kind, eventId, line])).toEqual([['stock_held', receipt, undefined], ['received', came, undefined], ['backordered', waited, 3]]);
    }
  });

  it('is read in English and Korean', async () => {
    const text = explanationText(await explain(database.readerUrl, 'ORD-20220623-1/3'));
    expect(text.split('\n').slice(0, 5)).toEqual(['ORD-20220623-1/3', '2022-06-22T20:00:00.000Z', '  Batch B1 was held: smells of smoke.', '  배치 B1 보류: smells of smoke.', `  event ${receipt}`]);
    expect(text).toContain(`${AT}, line 3\n  5 could not be promised`);
  });

  it('says what it does not know', async () => {
    for (const code of ['ORD-20220623-2', 'ORD-20220623-1/4', 'ORD-20220623-1/x', 'RSV-20220623-1']) await expect(explain(database.readerUrl, code)).rejects.toThrow(`nobody knows ${code}`);
  });
});
