import { Injectable } from '@nestjs/common';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { BEFORE_ALL, type Queries } from '../queries.js';
import type { Catalogue } from '../centre/viewing.js';
import { type NewItem, spellingKey } from './item.js';

/** An item and in whose master data it stands. */
export type ItemRow = NewItem & { readonly itemId: string; readonly organizationId: string };

/** An item of the master data, and whether this call made it. */
export interface StoredItem {
  readonly itemId: string;
  readonly created: boolean;
  /** As it is spelt there. */
  readonly code: string;
}

interface ItemColumns extends Omit<NewItem, 'size' | 'unitGrams' | 'shelfLifeDays'> {
  readonly itemId: string;
  readonly organizationId: string;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly unitGrams: bigint | null;
  readonly shelfLifeDays: number | null;
}

const ITEM = `
  i.item_id as "itemId", i.operator_organization_id as "organizationId", i.code, i.name, i.temperature_class as "temperatureClass", i.control,
  i.catch_weight as "catchWeight", i.gtin, i.length_mm as "lengthMm", i.width_mm as "widthMm", i.height_mm as "heightMm", i.unit_grams as "unitGrams",
  i.shelf_life_days as "shelfLifeDays"`;

/**
 * Items that somebody sees (parameters 1 to 3 of `seen`): its own; those who run centres also the items of the goods announced to these, the others
 * the catalogues of those who run centres. A merchant's master data is nobody else's.
 */
const SEEN = `
  ($1 or i.operator_organization_id = $2
   or ($3 and exists (select 1 from centres c where c.operator_organization_id = i.operator_organization_id))
   or (not $3 and exists (select 1 from advance_notice_lines l join advance_notices n using (notice_id) join centres c using (centre_id)
                           where l.item_id = i.item_id and c.operator_organization_id = $2)))`;

function seen({ system, organizationId, wide }: Catalogue): readonly unknown[] {
  return [system, organizationId, wide];
}

function toItem({ lengthMm, widthMm, heightMm, unitGrams, shelfLifeDays, ...same }: ItemColumns): ItemRow {
  return {
    ...same,
    ...(lengthMm === null ? {} : { size: { lengthMm, widthMm: widthMm!, heightMm: heightMm! } }),
    ...(unitGrams === null ? {} : { unitGrams }),
    ...(shelfLifeDays === null ? {} : { shelfLifeDays }),
  };
}

@Injectable()
export class ItemStore {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** Adds items to the organization's master data; those whose code is there, in any spelling, stay as they are. One answer per item, in their order. */
  async add(tx: Queries, organizationId: string, items: readonly NewItem[]): Promise<readonly StoredItem[]> {
    const bySpelling = new Map(items.toReversed().map((item) => [spellingKey(item.code), item])); // the first of a code counts
    const rows = [...bySpelling].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item); // one order of locks for two batches at once
    const made = await tx.query<{ code: string }>(
      `insert into items
         (item_id, operator_organization_id, code, name, temperature_class, control, catch_weight, gtin, length_mm, width_mm, height_mm, unit_grams, shelf_life_days)
       select i.item_id, $1, i.code, i.name, i.class, i.control, i.catch_weight, i.gtin, i.length, i.width, i.height, i.grams, i.days
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::int[], $10::int[], $11::int[], $12::bigint[], $13::int[])
           as i (item_id, code, name, class, control, catch_weight, gtin, length, width, height, grams, days)
       on conflict do nothing
       returning code`,
      [
        organizationId,
        rows.map(() => this.ids.next()),
        rows.map((item) => item.code),
        rows.map((item) => item.name),
        rows.map((item) => item.temperatureClass),
        rows.map((item) => item.control),
        rows.map((item) => item.catchWeight),
        rows.map((item) => item.gtin),
        rows.map((item) => item.size?.lengthMm ?? null),
        rows.map((item) => item.size?.widthMm ?? null),
        rows.map((item) => item.size?.heightMm ?? null),
        rows.map((item) => item.unitGrams ?? null),
        rows.map((item) => item.shelfLifeDays ?? null),
      ],
    );
    const known = await this.byCodes(tx, rows.map((item) => item.code), [organizationId]);
    const fresh = new Set(made.map(({ code }) => code));
    return items.map((item) => {
      const { itemId, code } = known.get(spellingKey(item.code))!;
      return { itemId, code, created: item.code === code && fresh.delete(code) };
    });
  }

  /**
   * The items that have these codes, in any spelling, by `spellingKey`: of the first of the organizations whose master data has one.
   * For an order or a notice: the merchant, then the operator of the catalogue.
   */
  async byCodes(queries: Queries, codes: readonly string[], organizationIds: readonly string[]): Promise<ReadonlyMap<string, ItemRow>> {
    const rows = await queries.query<ItemColumns & { readonly spelling: string }>(
      `select distinct on (upper(i.code)) upper(i.code) as spelling, ${ITEM}
         from items i join unnest($2::uuid[]) with ordinality as o (organization_id, place) on o.organization_id = i.operator_organization_id
        where upper(i.code) = any($1::text[]) order by upper(i.code), o.place`,
      [[...new Set(codes.map(spellingKey))], organizationIds],
    );
    return new Map(rows.map(({ spelling, ...item }) => [spelling, toItem(item)]));
  }

  /** The item, if it is of the operator's catalogue; any item for `undefined`. */
  async find(queries: Queries, itemId: string, operatorId: string | undefined): Promise<ItemRow | undefined> {
    const [item] = await queries.query<ItemColumns>(`select ${ITEM} from items i where i.item_id = $1 and ($2::uuid is null or i.operator_organization_id = $2)`, [
      itemId,
      operatorId ?? null,
    ]);
    return item && toItem(item);
  }

  async get(itemId: string, catalogue: Catalogue): Promise<ItemRow | undefined> {
    const [item] = await this.database.query<ItemColumns>(`select ${ITEM} from items i where i.item_id = $4 and ${SEEN}`, [...seen(catalogue), itemId]);
    return item && toItem(item);
  }

  /** Up to `limit` items after the id that are to be seen. */
  async list(catalogue: Catalogue, after: string | undefined, limit: number): Promise<readonly ItemRow[]> {
    const rows = await this.database.query<ItemColumns>(`select ${ITEM} from items i where i.item_id > $4 and ${SEEN} order by i.item_id limit $5`, [
      ...seen(catalogue),
      after ?? BEFORE_ALL,
      limit,
    ]);
    return rows.map(toItem);
  }
}
