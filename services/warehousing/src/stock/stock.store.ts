import { Injectable } from '@nestjs/common';
import { eventsOf, refused } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import { balanceKey, isBalanced, type Lying, post, promisableChanges, type Quantity, type StockGoods, type StockAccount, type StockLine, type StockPlace, type StockStatus } from './ledger.js';

/** A movement and what made it. */
export interface Movement {
  readonly centreId: string;
  readonly cause: 'receipt' | 'put_away' | 'sale' | 'payment' | 'hold' | 'release' | 'write_off' | 'pick' | 'short_pick' | 'pack' | 'stage';
  readonly causeId: string;
  readonly movedAt: Instant;
  readonly lines: readonly StockLine[];
}

/** A line, or a balance, as its columns hold it. */
export interface StockRow extends Quantity {
  readonly ownerId: string;
  readonly itemId: string;
  readonly batch: string;
  readonly unit: string;
  readonly centreId: string;
  readonly account: StockAccount;
  readonly locationId: string | null;
  readonly status: StockStatus;
}

export type BalanceRow = StockRow & { readonly balanceId: bigint };

export interface MovementRow {
  readonly movementId: string;
  readonly cause: string;
  readonly causeId: string;
  readonly movedAt: Instant;
  readonly lines: readonly StockRow[];
}

const KEY = 'owner_organization_id, item_id, batch, unit, centre_id, account, location_id, status';
const ROW = `
  owner_organization_id as "ownerId", item_id as "itemId", batch, unit, centre_id as "centreId", account, location_id as "locationId", status, count, grams`;
const TYPES = ['uuid', 'uuid', 'text', 'text', 'uuid', 'text', 'uuid', 'text', 'bigint', 'bigint'];

/** Lines as a table `l`: the columns of the key, count, grams and the line's number. Their ten parameters begin at `first`. */
function linesFrom(first: number): string {
  return `unnest(${TYPES.map((type, i) => `$${first + i}::${type}[]`).join(', ')}) with ordinality as l (${KEY}, count, grams, line)`;
}

const SAME_KEY = `
  b.owner_organization_id = l.owner_organization_id and b.item_id = l.item_id and b.batch = l.batch and b.unit = l.unit and b.centre_id = l.centre_id
  and b.account = l.account and b.location_id is not distinct from l.location_id and b.status = l.status`;

function columnsOf(lines: readonly StockLine[]): unknown[] {
  return [
    lines.map(({ goods }) => goods.ownerId),
    lines.map(({ goods }) => goods.itemId),
    lines.map(({ goods }) => goods.batch),
    lines.map(({ goods }) => goods.unit),
    lines.map(({ place }) => place.centreId),
    lines.map(({ place }) => place.account),
    lines.map(({ place }) => (place.account === 'location' ? place.locationId : null)),
    lines.map(({ place }) => place.status),
    lines.map(({ count }) => count),
    lines.map(({ grams }) => grams),
  ];
}

function toLine({ ownerId, itemId, batch, unit, centreId, account, locationId, status, count, grams }: StockRow): StockLine {
  const place: StockPlace = account === 'location' ? { account, centreId, locationId: locationId!, status } : { account, centreId, status };
  return { goods: { ownerId, itemId, batch, unit }, place, count, grams };
}

/** Makes the balances that are not there, at zero, and locks all of them in the order of their keys; answers what they hold. */
const TAKE = `
  insert into stock_balances (${KEY}, count, grams)
  select distinct ${KEY}, 0, 0 from ${linesFrom(1)} order by ${KEY}
  on conflict on constraint stock_balances_key do update set count = stock_balances.count
  returning ${ROW}`;

/** Writes the balances (parameters 1 to 10) and the movements (11 to 15) with their lines (16 to 25), each with its movement (26) and number there (27). */
const WRITE = `
  with saved as (
    update stock_balances b set count = l.count, grams = l.grams from ${linesFrom(1)} where ${SAME_KEY}
  ), moved as (
    insert into stock_movements (movement_id, centre_id, cause, cause_id, moved_at)
    select id, centre, cause, cause_id, to_timestamp(at / 1000) from unnest($11::uuid[], $12::uuid[], $13::text[], $14::uuid[], $15::float8[]) as m (id, centre, cause, cause_id, at)
  )
  insert into stock_movement_lines (movement_id, line, ${KEY}, count, grams)
  select ($26::uuid[])[l.line], ($27::smallint[])[l.line], ${KEY}, count, grams from ${linesFrom(16)}`;

const PROMISABLE = 'owner_organization_id, item_id, batch, unit, centre_id';

/** What centres may promise, made where it is not there and locked in the order of keys: with what is on hand and reserved, in the order of the parameters. */
const TAKE_PROMISABLE = `
  with taken as (
    insert into promisable_stock (${PROMISABLE})
    select ${PROMISABLE} from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[]) as l (${PROMISABLE}) order by ${PROMISABLE}
    on conflict (${PROMISABLE}) do update set on_hand = promisable_stock.on_hand
    returning ${PROMISABLE}, on_hand, reserved
  )
  select on_hand as "onHand", reserved
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[]) with ordinality as l (${PROMISABLE}, place) join taken using (${PROMISABLE}) order by place`;

const WRITE_PROMISABLE = `
  update promisable_stock p set on_hand = p.on_hand + l.count
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[]) as l (${PROMISABLE}, count)
   where ${['owner_organization_id', 'item_id', 'batch', 'unit', 'centre_id'].map((column) => `p.${column} = l.${column}`).join(' and ')}`;

@Injectable()
export class StockStore {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /**
   * Posts a movement: the journal, and the balances that it changes. Refused with STOCK_NOT_THERE. The balances are made where there are none and locked
   * in the order of their keys, one order for the whole service; locations are locked before them, and what centres may promise after them.
   * Goods that are promised do not leave the available ones: refused with STOCK_RESERVED (rule W3).
   */
  post(tx: Queries & Writes, movement: Movement): Promise<void> {
    return this.postAll(tx, [movement]);
  }

  /** Posts movements as `post` does, all or none, in one go: what they change together is judged together. */
  async postAll(tx: Queries & Writes, movements: readonly Movement[]): Promise<void> {
    if (movements.length === 0) return;
    if (!movements.every((movement) => isBalanced(movement.lines))) throw new RangeError('the lines of a movement must sum to zero');
    const lines = movements.flatMap((movement) => movement.lines);
    const ids = movements.map(() => this.ids.next());
    const rows = await tx.query<StockRow>(TAKE, columnsOf(lines));
    const changed = eventsOf(post(new Map(rows.map((row) => [balanceKey(toLine(row)), row])), lines));
    const balances = changed.map(({ line, balance }) => ({ ...line, ...balance }));
    await this.#promise(tx, lines);
    tx.send(WRITE, [
      ...columnsOf(balances),
      ids,
      movements.map(({ centreId }) => centreId),
      movements.map(({ cause }) => cause),
      movements.map(({ causeId }) => causeId),
      movements.map(({ movedAt }) => movedAt),
      ...columnsOf(lines),
      movements.flatMap((movement, i) => movement.lines.map(() => ids[i])),
      movements.flatMap((movement) => movement.lines.map((_, i) => i + 1)),
    ]);
  }

  async #promise(tx: Queries & Writes, lines: readonly StockLine[]): Promise<void> {
    const changes = promisableChanges(lines);
    if (changes.length === 0) return;
    const keys = [
      changes.map(({ goods }) => goods.ownerId),
      changes.map(({ goods }) => goods.itemId),
      changes.map(({ goods }) => goods.batch),
      changes.map(({ goods }) => goods.unit),
      changes.map(({ centreId }) => centreId),
    ];
    const taken = await tx.query<{ onHand: bigint; reserved: bigint }>(TAKE_PROMISABLE, keys);
    taken.forEach(({ onHand, reserved }, i) => {
      if (onHand + changes[i]!.count < reserved) refused('STOCK_RESERVED', { onHand, reserved });
    });
    tx.send(WRITE_PROMISABLE, [...keys, changes.map(({ count }) => count)]);
  }

  /** What lies at the doors of these receipts of the goods that each of them brought, whoever owns them now; by receipt. */
  async atDoor(tx: Queries, receiptIds: readonly string[]): Promise<ReadonlyMap<string, readonly Lying[]>> {
    const rows = await tx.query<StockRow & { readonly receiptId: string }>(
      `select r.receipt_id as "receiptId", b.owner_organization_id as "ownerId", b.item_id as "itemId", b.batch, b.unit, b.centre_id as "centreId", b.account,
              b.location_id as "locationId", b.status, b.count, b.grams
         from receipts r join stock_balances b
           on b.owner_organization_id = r.holder_organization_id and b.item_id = r.item_id and b.batch = r.batch and b.unit = r.unit
          and b.centre_id = r.centre_id and b.account = 'location' and b.location_id = r.location_id
        where r.receipt_id = any($1::uuid[]) and r.phase = 'at_door' and b.count > 0 order by r.receipt_id, b.status <> r.stock_status, b.status`,
      [receiptIds],
    );
    return new Map([...Map.groupBy(rows, (row) => row.receiptId)].map(([id, lying]) => [id, lying.map(toLine)]));
  }

  /**
   * What lies of a batch in the real locations of a centre, locked in the order of keys. Read again until nothing has come to it meanwhile: a movement that
   * was waited for may have made a new balance.
   */
  async lockBatch(tx: Queries, { ownerId, itemId, batch }: Pick<StockGoods, 'ownerId' | 'itemId' | 'batch'>, centreId: string): Promise<readonly Lying[]> {
    const read = () =>
      tx.query<StockRow>(
        `select ${ROW} from stock_balances
          where owner_organization_id = $1 and item_id = $2 and batch = $3 and centre_id = $4 and account = 'location' order by ${KEY} for no key update`,
        [ownerId, itemId, batch, centreId],
      );
    for (let rows = await read(); ; ) {
      const again = await read();
      if (again.length === rows.length) return again.filter(({ count }) => count > 0n).map(toLine);
      rows = again;
    }
  }

  /** Up to `limit` balances of real locations after the number, that the viewer owns or has in its centres. */
  listBalances(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly BalanceRow[]> {
    return this.database.query<BalanceRow>(
      `select balance_id as "balanceId", ${ROW} from stock_balances b
        where b.balance_id > $1 and b.account = 'location' and (b.count <> 0 or b.grams <> 0)
          and ($3 or b.owner_organization_id = $2 or b.centre_id in (select centre_id from centres where operator_organization_id = $2))
        order by b.balance_id limit $4`,
      [after ?? 0, viewer.organizationId, viewer.system, limit],
    );
  }

  /** Up to `limit` movements after the id with the lines that the viewer may see: those of its centres, and of its goods. */
  async listMovements(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly MovementRow[]> {
    const movements = await this.database.query<Omit<MovementRow, 'lines'>>(
      `select m.movement_id as "movementId", m.cause, m.cause_id as "causeId", m.moved_at as "movedAt" from stock_movements m
        where m.movement_id > $1
          and ($3 or m.centre_id in (select centre_id from centres where operator_organization_id = $2)
               or exists (select 1 from stock_movement_lines l where l.movement_id = m.movement_id and l.owner_organization_id = $2))
        order by m.movement_id limit $4`,
      [after ?? BEFORE_ALL, viewer.organizationId, viewer.system, limit],
    );
    const lines = await this.database.query<StockRow & { readonly movementId: string }>(
      `select l.movement_id as "movementId", ${ROW} from stock_movement_lines l
        where l.movement_id = any($1::uuid[])
          and ($3 or l.owner_organization_id = $2 or l.centre_id in (select centre_id from centres where operator_organization_id = $2))
        order by l.movement_id, l.line`,
      [movements.map((movement) => movement.movementId), viewer.organizationId, viewer.system],
    );
    const byMovement = Map.groupBy(lines, (line) => line.movementId);
    return movements.map((movement) => ({ ...movement, lines: byMovement.get(movement.movementId) ?? [] }));
  }
}
