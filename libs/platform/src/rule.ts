/** A numbered rule of the domain as live data can show it. */
export interface Rule {
  /** `A7` */
  readonly rule: string;
  readonly title: string;
  /**
   * SQL that answers one row (checked, violations), with schemas named, or a function of the same answer.
   * It runs as a reader of every schema.
   */
  readonly check: string | ((query: <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>) => Promise<{ checked: bigint | number; violations: bigint | number }>);
  /** The test that shows the rule, where it lives in code and rows show only part of it. */
  readonly test?: string;
}
