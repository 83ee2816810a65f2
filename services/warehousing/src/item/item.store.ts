import { Injectable } from '@nestjs/common';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { BEFORE_ALL, type Queries } from '../queries.js';
import type { NewItem } from './item.js';

export type ItemRow = NewItem & { readonly itemId: string };

/** An item of the catalogue, and whether this call made it. */
export interface StoredItem {
  readonly itemId: string;
  readonly created: boolean;
}

const ITEM = `item_id as "itemId", code, name, temperature_class as "temperatureClass", control, catch_weight as "catchWeight", gtin`;

@Injectable()
export class ItemStore {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** Adds items to the operator's catalogue; those whose code is there stay as they are. One answer per item, in their order. */
  async add(tx: Queries, operatorId: string, items: readonly NewItem[]): Promise<readonly StoredItem[]> {
    const byCode = new Map(items.toReversed().map((item) => [item.code, item])); // the first of a code counts
    const rows = [...byCode.values()].sort((a, b) => (a.code < b.code ? -1 : 1)); // one order of locks for two batches at once
    const made = await tx.query<{ itemId: string; code: string }>(
      `insert into items (item_id, operator_organization_id, code, name, temperature_class, control, catch_weight, gtin)
       select i.item_id, $1, i.code, i.name, i.class, i.control, i.catch_weight, i.gtin
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[])
           as i (item_id, code, name, class, control, catch_weight, gtin)
       on conflict (operator_organization_id, code) do nothing
       returning item_id as "itemId", code`,
      [
        operatorId,
        rows.map(() => this.ids.next()),
        rows.map((item) => item.code),
        rows.map((item) => item.name),
        rows.map((item) => item.temperatureClass),
        rows.map((item) => item.control),
        rows.map((item) => item.catchWeight),
        rows.map((item) => item.gtin),
      ],
    );
    const known = await tx.query<{ itemId: string; code: string }>(
      `select item_id as "itemId", code from items where operator_organization_id = $1 and code = any($2::text[])`,
      [operatorId, rows.map((item) => item.code)],
    );
    const ids = new Map(known.map(({ code, itemId }) => [code, itemId]));
    const fresh = new Set(made.map(({ code }) => code));
    return items.map(({ code }) => ({ itemId: ids.get(code)!, created: fresh.delete(code) }));
  }

  /** The item, if it is of the operator's catalogue; any item for `undefined`. */
  async find(queries: Queries, itemId: string, operatorId: string | undefined): Promise<ItemRow | undefined> {
    const [item] = await queries.query<ItemRow>(`select ${ITEM} from items where item_id = $1 and ($2::uuid is null or operator_organization_id = $2)`, [
      itemId,
      operatorId ?? null,
    ]);
    return item;
  }

  get(itemId: string, operatorId: string | undefined): Promise<ItemRow | undefined> {
    return this.find(this.database, itemId, operatorId);
  }

  /** Up to `limit` items after the id, of the operator or, for `undefined`, of all. */
  list(operatorId: string | undefined, after: string | undefined, limit: number): Promise<readonly ItemRow[]> {
    return this.database.query<ItemRow>(
      `select ${ITEM} from items where item_id > $1 and ($2::uuid is null or operator_organization_id = $2) order by item_id limit $3`,
      [after ?? BEFORE_ALL, operatorId ?? null, limit],
    );
  }
}
