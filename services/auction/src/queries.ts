/** Whatever runs a statement: the database, or a transaction. */
export interface Queries {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A transaction that is written to without waiting: what fails makes it fail. */
export interface Writes {
  send(text: string, values?: readonly unknown[]): void;
}
