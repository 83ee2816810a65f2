/** Whatever runs a statement: the database, or a transaction. */
export interface Queries {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}
