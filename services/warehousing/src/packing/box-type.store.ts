import { Injectable } from '@nestjs/common';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import type { TemperatureClass } from '../centre/temperature.js';
import { BEFORE_ALL, type Queries } from '../queries.js';
import type { NewBoxType } from './box-type.js';
import type { BoxType } from './cartonise.js';

interface BoxTypeRow {
  readonly boxTypeId: string;
  readonly code: string;
  readonly length: number;
  readonly width: number;
  readonly height: number;
  readonly tare: bigint;
  readonly most: bigint;
  readonly temperatureClasses: readonly TemperatureClass[];
}

const BOX_TYPE = `
  box_type_id as "boxTypeId", code, inner_length_mm as length, inner_width_mm as width, inner_height_mm as height, tare_grams as tare, max_grams as most,
  temperature_classes as "temperatureClasses"`;

function toBoxType({ boxTypeId, code, length, width, height, tare, most, temperatureClasses }: BoxTypeRow): BoxType {
  return { boxTypeId, code, inner: [length, width, height], tareGrams: Number(tare), maxGrams: Number(most), temperatureClasses };
}

@Injectable()
export class BoxTypeStore {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** Adds box types to the operator's range; those whose code is there stay as they are. One answer per type, in their order. */
  async add(tx: Queries, operatorId: string, all: readonly NewBoxType[]): Promise<readonly { readonly boxTypeId: string; readonly created: boolean }[]> {
    const fresh = new Set<string>();
    // One order of locks for two batches at once; the first of a code counts.
    for (const type of [...new Map(all.toReversed().map((each) => [each.code, each])).values()].sort((a, b) => (a.code < b.code ? -1 : 1))) {
      const [length, width, height] = type.inner;
      const made = await tx.query(
        `insert into box_types (box_type_id, operator_organization_id, code, inner_length_mm, inner_width_mm, inner_height_mm, tare_grams, max_grams, temperature_classes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (operator_organization_id, code) do nothing returning 1`,
        [this.ids.next(), operatorId, type.code, length, width, height, type.tareGrams, type.maxGrams, type.temperatureClasses],
      );
      if (made.length > 0) fresh.add(type.code);
    }
    const known = await tx.query<{ boxTypeId: string; code: string }>(
      `select box_type_id as "boxTypeId", code from box_types where operator_organization_id = $1 and code = any($2::text[])`,
      [operatorId, all.map(({ code }) => code)],
    );
    const ids = new Map(known.map(({ code, boxTypeId }) => [code, boxTypeId]));
    return all.map(({ code }) => ({ boxTypeId: ids.get(code)!, created: fresh.delete(code) }));
  }

  /** Every box type of the operator. */
  async all(tx: Queries, operatorId: string): Promise<readonly BoxType[]> {
    return (await tx.query<BoxTypeRow>(`select ${BOX_TYPE} from box_types where operator_organization_id = $1`, [operatorId])).map(toBoxType);
  }

  /** Up to `limit` box types after the id, of the operator or, for `undefined`, of all. */
  async list(operatorId: string | undefined, after: string | undefined, limit: number): Promise<readonly BoxType[]> {
    const rows = await this.database.query<BoxTypeRow>(
      `select ${BOX_TYPE} from box_types where box_type_id > $1 and ($2::uuid is null or operator_organization_id = $2) order by box_type_id limit $3`,
      [after ?? BEFORE_ALL, operatorId ?? null, limit],
    );
    return rows.map(toBoxType);
  }
}
