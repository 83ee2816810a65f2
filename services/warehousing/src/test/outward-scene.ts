import { randomUUID } from 'node:crypto';
import { type Centre, type Location, LocationKind, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { ItemControl } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import type { PickTask } from '@naru/contracts/gen/naru/warehousing/v1/wave_service';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { type StockGoods, transfer } from '../stock/ledger.js';
import { StockStore } from '../stock/stock.store.js';
import { cancelUncovered } from '../wave/pick-task.store.js';
import { MORNING, type Party, Scene } from './scene.js';

export const MERCHANT = randomUUID();
export const PIECES = '1 pieces';

export interface TestItem {
  readonly itemId: string;
  readonly code: string;
}

export interface Stocked {
  readonly goods: StockGoods;
  readonly receiptCode: string;
  readonly receiptId: string;
}

export interface Promised {
  readonly centre: Centre;
  readonly batch: string;
  readonly count: bigint;
}

export interface OrderedLine {
  readonly item: TestItem;
  readonly unit?: string;
  readonly promises: readonly Promised[];
  /** What could not be promised. */
  readonly backordered?: bigint;
}

const SIZE = { lengthMm: 120, widthMm: 80, heightMm: 60, unitGrams: 250n };

/** A scene with stock on shelves and orders that have promises of it, made by hand. */
export class OutwardScene {
  #numbers = 0;

  private constructor(
    readonly scene: Scene,
    private readonly database: Database,
    readonly merchant: Party,
    readonly networkId: string,
  ) {}

  static async open(): Promise<OutwardScene> {
    const scene = await Scene.open();
    const database = await Database.connect({ url: scene.database.services.get('warehousing')!.databaseUrl, schema: 'warehousing', poolSize: 2 });
    const networkId = randomUUID();
    await database.query(
      `insert into networks (network_id, code, name, operator_organization_id, hold_ms, created_at) values ($1, 'NET', 'Network', $2, 600000, now())`,
      [networkId, scene.operator.organizationId],
    );
    await database.query('insert into network_merchants (network_id, merchant_organization_id, admitted_at) values ($1, $2, now())', [networkId, MERCHANT]);
    return new OutwardScene(scene, database, await scene.as(MERCHANT, 'merchant'), networkId);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.scene.close();
  }

  query<Row = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(text, values);
  }

  /** A centre of the network: two aisles of three bays, a packing station, two doors. */
  async openCentre(): Promise<Centre> {
    const bins = ['A1', 'A2'].flatMap((aisle) => [1, 2, 3].flatMap((bay) => [1, 2].map((level) => `${aisle}-0${bay}-${level}`)));
    const locations = [
      ...bins.map((code) => ({ code, kind: LocationKind.BIN, capacityGrams: 100_000_000n })),
      { code: 'P-1', kind: LocationKind.PACKING_STATION, capacityGrams: 1_000_000n },
      ...['D-1', 'D-2'].map((code) => ({ code, kind: LocationKind.DOCK_DOOR, capacityGrams: 1_000_000n })),
    ];
    const centre = await this.scene.openCentre(this.scene.operator, [
      { code: 'A', temperatureClass: TemperatureClass.AMBIENT, locations },
      { code: 'C', temperatureClass: TemperatureClass.CHILLED, locations: [{ code: 'C1-01-1', kind: LocationKind.RACK, capacityGrams: 100_000_000n }] },
    ]);
    await this.database.query('insert into network_centres (network_id, centre_id) values ($1, $2)', [this.networkId, centre.centreId]);
    return centre;
  }

  async addBoxes(): Promise<void> {
    const classes = [TemperatureClass.AMBIENT];
    await this.scene.operator.boxTypes.batchCreateBoxTypes({
      boxTypes: [
        { code: 'S', innerLengthMm: 220, innerWidthMm: 150, innerHeightMm: 100, tareGrams: 90n, maxGrams: 3_000n, temperatureClasses: classes },
        { code: 'M', innerLengthMm: 340, innerWidthMm: 250, innerHeightMm: 210, tareGrams: 220n, maxGrams: 12_000n, temperatureClasses: classes },
        { code: 'L', innerLengthMm: 600, innerWidthMm: 400, innerHeightMm: 400, tareGrams: 700n, maxGrams: 25_000n, temperatureClasses: classes },
      ],
    });
  }

  async item(temperatureClass = TemperatureClass.AMBIENT, size: Partial<typeof SIZE> | null = {}): Promise<TestItem> {
    const code = `SKU-${++this.#numbers}`;
    const { item } = await this.scene.operator.items.createItem({
      item: { code, name: code, temperatureClass, control: ItemControl.BATCH, catchWeight: temperatureClass !== TemperatureClass.AMBIENT, gtin: '' },
    });
    const { lengthMm, widthMm, heightMm, unitGrams } = { ...SIZE, ...size };
    if (size)
      await this.scene.database.query('update warehousing.items set length_mm = $2, width_mm = $3, height_mm = $4, unit_grams = $5 where item_id = $1', [
        item!.itemId,
        lengthMm,
        widthMm,
        heightMm,
        unitGrams,
      ]);
    return { itemId: item!.itemId, code };
  }

  async location(centre: Centre, code: string): Promise<Location> {
    return (await this.scene.locations(centre)).get(code)!;
  }

  /** Goods of the merchant with a receipt behind them, in a location. */
  async stock(
    centre: Centre,
    code: string,
    item: TestItem,
    batch: string,
    count: bigint,
    { grams = count * 250n, unit = PIECES, expiresOn = null as string | null } = {},
  ): Promise<Stocked> {
    const { locationId } = await this.location(centre, code);
    const number = ++this.#numbers;
    const [receiptId, consignmentId, receiptCode] = [randomUUID(), randomUUID(), `RCV-20220622-${String(9000 + number)}`];
    const { appointmentId } = await this.scene.book(centre, []);
    const goods: StockGoods = { ownerId: MERCHANT, itemId: item.itemId, batch, unit };
    await this.database.query(
      `insert into expected_consignments (consignment_id, code, market_id, lot_id, consignor_organization_id, item_code, item, variety, grade, quantity, unit_label, unit_base,
         unit_size, phase, announced_at) values ($1, $2, $3, $4, $5, 'x', 'x', 'x', 'x', $6, 'x', 'piece', 1, 'received', now())`,
      [consignmentId, `CSG-${number}`, randomUUID(), randomUUID(), MERCHANT, count],
    );
    await this.database.query(
      `insert into receipts (receipt_id, code, appointment_id, centre_id, consignment_id, owner_organization_id, holder_organization_id, item_id, batch, unit,
         expected_count, counted, weighed_grams, scale_ticket, temperature_table, findings, disposition, phase, stock_status, location_id, received_at)
       values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $10, $11, 'T', 'sample-1', '{as_expected}', 'accept', 'put_away', 'available', $12, now())`,
      [receiptId, receiptCode, appointmentId, centre.centreId, consignmentId, MERCHANT, item.itemId, batch, unit, count, grams, locationId],
    );
    await this.database.query(
      `insert into batches (owner_organization_id, item_id, batch, expires_on, first_received_at) values ($1, $2, $3, $4, now()) on conflict do nothing`,
      [MERCHANT, item.itemId, batch, expiresOn],
    );
    const store = new StockStore(this.database, new Ids());
    const { centreId } = centre;
    const lines = transfer(
      goods,
      { account: 'supplier', centreId, status: 'available' },
      { account: 'location', centreId, locationId, status: 'available' },
      { count, grams },
    );
    await this.database.transaction(async (tx) => {
      await tx.query('update locations set occupied_grams = occupied_grams + $2 where location_id = $1', [locationId, grams]);
      await store.post(tx, { centreId, cause: 'receipt', causeId: receiptId, movedAt: MORNING, lines });
    });
    return { goods, receiptCode, receiptId };
  }

  /** Moves goods of a location from available to held, as a hold does; what of them is promised to the order leaves it first. */
  async hold(centre: Centre, code: string, goods: StockGoods, count: bigint, orderId: string): Promise<void> {
    const { locationId } = await this.location(centre, code);
    const store = new StockStore(this.database, new Ids());
    const { centreId } = centre;
    await this.database.transaction(async (tx) => {
      const [reservation] = await tx.query<{ id: string }>(
        `update reservations set count = count - $2, picked = least(picked, count - $2) where order_id = $1 and phase = 'confirmed' and count > $2 returning reservation_id as id`,
        [orderId, count],
      );
      await tx.query(
        `update order_lines set reserved = reserved - $2, backordered = backordered + $2, picked = least(picked, reserved - $2) where order_id = $1`,
        [orderId, count],
      );
      await tx.query('update promisable_stock set reserved = reserved - $3 where item_id = $1 and centre_id = $2', [goods.itemId, centreId, count]);
      cancelUncovered(tx, [reservation!.id], 'STOCK_HELD');
      const [there] = await tx.query<{ count: bigint; grams: bigint }>(
        `select count, grams from stock_balances where location_id = $1 and item_id = $2 and batch = $3 and status = 'available'`,
        [locationId, goods.itemId, goods.batch],
      );
      const grams = (there!.grams * count) / there!.count;
      const at = (status: 'available' | 'held_quality') => ({ account: 'location', centreId, locationId, status }) as const;
      await store.post(tx, { centreId, cause: 'hold', causeId: randomUUID(), movedAt: MORNING, lines: transfer(goods, at('available'), at('held_quality'), { count, grams }) });
    });
  }

  /** An order of the merchant whose lines have these promises, as sourcing would have made them. */
  async order(lines: readonly OrderedLine[], { minLife = 0, reference = `REF-${++this.#numbers}` } = {}): Promise<{ readonly orderId: string; readonly code: string }> {
    const orderId = randomUUID();
    const code = `ORD-20220623-${String(++this.#numbers).padStart(5, '0')}`;
    await this.database.transaction(async (tx) => {
      await tx.query(
        `insert into orders (order_id, code, network_id, merchant_organization_id, merchant_reference, content_hash, customer_reference, country, min_remaining_life_days, phase, ordered_at)
         values ($1, $2, $3, $4, $5, '\\x00', 'C-1', 'GB', $6, 'reserved', now())`,
        [orderId, code, this.networkId, MERCHANT, reference, minLife],
      );
      for (const [i, { item, unit = PIECES, promises, backordered = 0n }] of lines.entries()) {
        const reserved = promises.reduce((sum, { count }) => sum + count, 0n);
        await tx.query(
          `insert into order_lines (order_id, line, item_id, unit, ordered_code, ordered, reserved, backordered, unit_price_amount, currency) values ($1, $2, $3, $4, $5, $6, $7, $8, 100, 'GBP')`,
          [orderId, i + 1, item.itemId, unit, item.code, reserved + backordered, reserved, backordered],
        );
        for (const { centre, batch, count } of promises) {
          await tx.query(
            `insert into reservations (reservation_id, code, network_id, owner_organization_id, item_id, batch, unit, centre_id, count, asked, order_id, line, phase, reserved_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, 'confirmed', now())`,
            [randomUUID(), `RSV-${++this.#numbers}`, this.networkId, MERCHANT, item.itemId, batch, unit, centre.centreId, count, orderId, i + 1],
          );
          await tx.query(`update promisable_stock set reserved = reserved + $1 where item_id = $2 and batch = $3 and unit = $4 and centre_id = $5`, [
            count,
            item.itemId,
            batch,
            unit,
            centre.centreId,
          ]);
        }
      }
    });
    return { orderId, code };
  }

  async release(centre: Centre, orderIds: readonly string[] = []) {
    return (await this.scene.operator.waves.releaseWave({ centreId: centre.centreId, orderIds: [...orderIds] })).wave!;
  }

  async tasks(waveId: string): Promise<readonly PickTask[]> {
    return (await this.scene.operator.waves.listPickTasks({ waveId, pageSize: 500, pageToken: '' })).tasks;
  }

  /** Picks every ready task of the wave in full. */
  async pickAll(waveId: string) {
    const tasks = (await this.tasks(waveId)).filter(({ doneAt }) => doneAt === undefined).map(({ taskId, count }) => ({ taskId, picked: count, grams: 0n, reason: '' }));
    return this.scene.operator.waves.batchCompletePickTasks({ waveId, tasks });
  }

  async pack(centre: Centre, orderIds: readonly string[]) {
    return (await this.scene.operator.parcels.batchPackParcels({ centreId: centre.centreId, orderIds: [...orderIds] })).outcomes;
  }

  async stage(centre: Centre, unitIds: readonly string[], door = 'D-1') {
    const { locationId } = await this.location(centre, door);
    return this.scene.operator.parcels.batchStageParcels({ centreId: centre.centreId, unitIds: [...unitIds], doorLocationId: locationId });
  }

  async phaseOf(orderId: string): Promise<string> {
    return (await this.query<{ phase: string }>('select phase from orders where order_id = $1', [orderId]))[0]!.phase;
  }

  async lineOf(orderId: string, line = 1): Promise<Record<string, bigint>> {
    const [row] = await this.query<Record<string, bigint>>(
      'select ordered, reserved, backordered, cancelled, picked, packed, staged from order_lines where order_id = $1 and line = $2',
      [orderId, line],
    );
    return row!;
  }

  /** Available goods of an item by the code of their location, and those of other statuses with the status behind. */
  async shelves(item: TestItem): Promise<Readonly<Record<string, bigint>>> {
    const rows = await this.query<{ code: string; count: bigint; status: string }>(
      `select c.code || ':' || l.code || case when b.status = 'available' then '' else ' ' || b.status end as code, b.count
         from stock_balances b join locations l using (location_id) join centres c on c.centre_id = b.centre_id where b.item_id = $1 and b.count <> 0 order by 1`,
      [item.itemId],
    );
    return Object.fromEntries(rows.map(({ code, count }) => [code, count]));
  }
}
