import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { COLUMNS } from '../text/plain-table.js';
import { widthOf } from '../text/width.js';
import { RULES, type RuleReport, type VerifyReport, verifyRules, verifyText } from './verify.js';

describe('naru verify', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const verify = (): Promise<VerifyReport> => verifyRules((text, values) => database.query(text, values));

  it('checks every rule once, and nothing is wrong with nothing', async () => {
    const { violations, rules } = await verify();
    expect(violations).toBe(0);
    expect(rules.map(({ rule }) => rule)).toEqual(RULES.map(({ rule }) => rule));
    expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length);
  });

  it('sees what was broken by hand', async () => {
    await database.query(`insert into identity.audit_entries (entry_id, recorded_at, action, subject, organization_id, object, code) values (gen_random_uuid(), now(), 'REFUSED', 'someone', '', 'a method', '')`);
    const { violations, rules } = await verify();
    expect(rules.find(({ rule }) => rule === 'I1')).toMatchObject({ checked: 1, violations: 1, by: 'test' });
    expect(violations).toBeGreaterThanOrEqual(1);
  });

  it('is readable in a terminal, and names the test of a rule that lives in code', () => {
    const rule = (own: Partial<RuleReport>): RuleReport => ({ rule: 'A1', title: 'a bid is accepted once '.repeat(9).trim(), checked: 12_345, violations: 0, ...own });
    const text = verifyText({ violations: 2, rules: [rule({}), rule({ rule: 'A2', violations: 2 }), rule({ rule: 'I1', by: 'test', test: 'services/identity/src/test/identity.spec.ts: refuses what the caller may not' })] });
    expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(COLUMNS);
    expect(text.match(/by test/g)).toHaveLength(1);
    expect(text).toMatch(/3 rules over 37,035 rows: 2 violations, of A2$/);
    expect(verifyText({ violations: 0, rules: [rule({})] })).toMatch(/1 rules over 12,345 rows: no violations$/);
  });
});
