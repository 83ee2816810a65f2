import { Injectable } from '@nestjs/common';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { Queries, Viewer, Writes } from '../queries.js';
import type { StockGoods } from '../stock/ledger.js';
import type { FreeGoods, ToPick } from './allocate.js';

export type WavePhase = 'released' | 'picked';

export interface WaveRow {
  readonly waveId: string;
  readonly code: string;
  readonly centreId: string;
  readonly phase: WavePhase;
  readonly releasedAt: Instant;
}

export type ShownWave = WaveRow & { readonly orderIds: readonly string[]; readonly tasks: bigint; readonly readyTasks: bigint };

/** A promise here that no task has been made for, with what decides whether its batch may still leave. */
export type OpenPromise = ToPick & { readonly expiresOn: BusinessDay | null; readonly minRemainingLifeDays: number };

const WAVE = `w.wave_id as "waveId", w.code, w.centre_id as "centreId", w.phase, w.released_at as "releasedAt"`;

/** What a reservation has left to be given to tasks. */
const UNTASKED = `r.count - r.picked - coalesce((select sum(t.count)::bigint from pick_tasks t where t.reservation_id = r.reservation_id and t.phase = 'ready'), 0)`;

@Injectable()
export class WaveStore {
  constructor(private readonly database: Database) {}

  add(tx: Writes, { waveId, code, centreId, phase, releasedAt }: WaveRow): void {
    tx.send('insert into waves (wave_id, code, centre_id, phase, released_at) values ($1, $2, $3, $4, $5)', [waveId, code, centreId, phase, date(releasedAt)]);
  }

  /** Sets the wave to picked once none of its tasks is ready, and back when some were added. */
  settle(tx: Writes, waveId: string): void {
    tx.send(
      `update waves w set phase = case when exists (select 1 from pick_tasks t where t.wave_id = $1 and t.phase = 'ready') then 'released' else 'picked' end
        where w.wave_id = $1`,
      [waveId],
    );
  }

  /** The wave, if the viewer operates its centre. */
  async find(queries: Queries, viewer: Viewer, waveId: string): Promise<WaveRow | undefined> {
    const [wave] = await queries.query<WaveRow>(
      `select ${WAVE} from waves w join centres c using (centre_id) where w.wave_id = $1 and ($3 or c.operator_organization_id = $2)`,
      [waveId, viewer.organizationId, viewer.system],
    );
    return wave;
  }

  async show(viewer: Viewer, waveId: string): Promise<ShownWave | undefined> {
    const wave = await this.find(this.database, viewer, waveId);
    if (!wave) return undefined;
    const [tasks] = await this.database.query<Pick<ShownWave, 'orderIds' | 'tasks' | 'readyTasks'>>(
      `select coalesce(array_agg(distinct order_id::text), '{}') as "orderIds", count(*) as tasks, count(*) filter (where phase = 'ready') as "readyTasks"
         from pick_tasks where wave_id = $1`,
      [waveId],
    );
    return { ...wave, ...tasks! };
  }

  /** Orders that have goods promised in the centre which no task asks for, by id; of these orders, or of all for an empty list. */
  async ordersToPick(tx: Queries, centreId: string, orderIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ orderId: string }>(
      `select distinct r.order_id as "orderId" from reservations r
        where r.centre_id = $1 and r.phase = 'confirmed' and r.order_id is not null and (cardinality($2::uuid[]) = 0 or r.order_id = any($2::uuid[])) and ${UNTASKED} > 0
        order by r.order_id`,
      [centreId, orderIds],
    );
    return rows.map(({ orderId }) => orderId);
  }

  /** Which of the orders ever had goods promised in the centre. */
  async ordersOf(tx: Queries, centreId: string, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ orderId: string }>(
      `select distinct order_id as "orderId" from reservations where centre_id = $1 and order_id = any($2::uuid[])`,
      [centreId, orderIds],
    );
    return new Set(rows.map(({ orderId }) => orderId));
  }

  /**
   * What is to be picked of the orders in the centre, in the order of their codes and lines. Locked, in the order of their ids, once it is certain that none
   * of them is to be moved: what can be promised is locked before reservations.
   */
  async promises(tx: Queries, centreId: string, orderIds: readonly string[], lock: '' | 'for no key update of r'): Promise<readonly OpenPromise[]> {
    const rows = await tx.query<StockGoods & Omit<OpenPromise, 'goods'> & { orderCode: string }>(
      `select r.reservation_id as "reservationId", r.order_id as "orderId", o.code as "orderCode", r.line, r.owner_organization_id as "ownerId", r.item_id as "itemId",
              r.batch, r.unit, ${UNTASKED} as count, b.expires_on::text as "expiresOn", o.min_remaining_life_days as "minRemainingLifeDays"
         from reservations r join orders o using (order_id) left join batches b using (owner_organization_id, item_id, batch)
        where r.centre_id = $1 and r.order_id = any($2::uuid[]) and r.phase = 'confirmed'
        order by r.reservation_id ${lock}`,
      [centreId, orderIds],
    );
    return rows
      .filter(({ count }) => count > 0n)
      .sort((a, b) => (a.orderCode < b.orderCode ? -1 : a.orderCode > b.orderCode ? 1 : a.line - b.line))
      .map(({ ownerId, itemId, batch, unit, orderCode: _orderCode, ...promise }) => ({ ...promise, goods: { ownerId, itemId, batch, unit } }));
  }

  /** What lies available in the storage locations of the centre of these goods, less what ready tasks will take. */
  async freeGoods(tx: Queries, centreId: string, goods: readonly StockGoods[]): Promise<readonly FreeGoods[]> {
    const rows = await tx.query<StockGoods & Omit<FreeGoods, 'goods'>>(
      `with wanted as (
         select distinct * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as w (owner_organization_id, item_id, batch, unit)
       ), asked as (
         select r.owner_organization_id, t.item_id, t.batch, r.unit, t.location_id, sum(t.count)::bigint as count
           from pick_tasks t join reservations r using (reservation_id) where t.centre_id = $1 and t.phase = 'ready' group by 1, 2, 3, 4, 5
       )
       select b.owner_organization_id as "ownerId", b.item_id as "itemId", b.batch, b.unit, b.location_id as "locationId", l.code, b.count - coalesce(a.count, 0) as free
         from wanted w
         join stock_balances b using (owner_organization_id, item_id, batch, unit)
         join locations l on l.location_id = b.location_id and l.kind in ('bin', 'rack', 'floor')
         left join asked a on a.owner_organization_id = b.owner_organization_id and a.item_id = b.item_id and a.batch = b.batch and a.unit = b.unit
                          and a.location_id = b.location_id
        where b.centre_id = $1 and b.account = 'location' and b.status = 'available' and b.count > 0`,
      [centreId, goods.map((g) => g.ownerId), goods.map((g) => g.itemId), goods.map((g) => g.batch), goods.map((g) => g.unit)],
    );
    return rows.map(({ locationId, code, free, ...there }) => ({ goods: there, locationId, code, free }));
  }
}
