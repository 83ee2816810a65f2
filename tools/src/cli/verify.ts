import { rules as auctionRules } from '@naru/auction/verify';
import { verify as identityRules } from '@naru/identity/verify';
import { rules as warehousingRules } from '@naru/warehousing/verify';
import type { Rule } from '@naru/platform/rule';

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
