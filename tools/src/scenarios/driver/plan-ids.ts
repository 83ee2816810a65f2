/** The ids that the API gave to the things of a plan. */
export class PlanIds {
  readonly #ids = new Map<string, string>();

  keep(kind: string, key: string, id: string): void {
    this.#ids.set(`${kind} ${key}`, id);
  }

  has(kind: string, key: string): boolean {
    return this.#ids.has(`${kind} ${key}`);
  }

  of(kind: string, key: string): string {
    const id = this.#ids.get(`${kind} ${key}`);
    if (id === undefined) throw new Error(`the plan names ${kind} ${key} before it is there`);
    return id;
  }
}

/** A plan's call was answered, but not as the plan needs. */
export class PlanBroken extends Error {}
