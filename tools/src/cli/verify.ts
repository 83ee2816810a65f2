import { rules as auctionRules } from '@naru/auction/verify';
import { rules as identityRules } from '@naru/identity/verify';
import { rules as warehousingRules } from '@naru/warehousing/verify';
import type { Rule } from '@naru/platform/rule';
import { plainTable } from '../text/plain-table.js';

/** Every numbered rule of domain.md that is owed so far. */
export const RULES: readonly Rule[] = [...identityRules, ...warehousingRules, ...auctionRules];

export interface RuleReport {
  readonly rule: string;
  readonly title: string;
  /** Rows looked at. */
  readonly checked: number;
  readonly violations: number;
  /** `test` where no row can show the rule; `test` then names the test. */
  readonly by?: 'test';
  readonly test?: string;
}

export interface VerifyReport {
  readonly violations: number;
  readonly rules: readonly RuleReport[];
}

export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Checks every rule on live data. `query` reads all schemas. */
export async function verifyRules(query: Query): Promise<VerifyReport> {
  const rules: RuleReport[] = [];
  for (const { rule, title, check, test } of RULES) {
    const found = typeof check === 'string' ? (await query<{ checked: bigint; violations: bigint }>(check))[0]! : await check(query);
    rules.push({ rule, title, checked: Number(found.checked), violations: Number(found.violations), ...(test ? { by: 'test' as const, test } : {}) });
  }
  return { violations: rules.reduce((sum, r) => sum + r.violations, 0), rules };
}

export function verifyText({ violations, rules }: VerifyReport): string {
  const count = (n: number): string => n.toLocaleString('en-US');
  const rows = rules.map(({ rule, title, checked, violations: broken, test }) => [rule, count(checked), count(broken), test === undefined ? title : `${title} (lives in code: by test ${test})`]);
  const checked = rules.reduce((sum, rule) => sum + rule.checked, 0);
  return [
    plainTable(['rule', 'rows', 'violations', 'what holds'], rows, ['left', 'right', 'right', 'left']),
    '',
    `${rules.length} rules over ${count(checked)} rows: ${violations === 0 ? 'no violations' : `${count(violations)} violations, of ${rules.filter((rule) => rule.violations > 0).map(({ rule }) => rule).join(', ')}`}`,
  ].join('\n');
}
