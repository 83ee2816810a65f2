import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ConsignmentRegistered } from '@naru/contracts/gen/naru/auction/v1/events';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import { AppointmentServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/appointment_service';
import {
  Capability,
  type Centre,
  CentreServiceClient,
  type Location,
  LocationKind,
  type NewZone,
  TemperatureClass,
} from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { type Item, ItemControl, ItemServiceClient, type NewItem } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { type AdvanceNotice, type CountedLine, type NewNoticeLine, NoticeServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/notice_service';
import { Condition, Disposition, ReceiptServiceClient, type ReceiveLineRequest } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { NetworkServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/network_service';
import { OrderServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { ReservationServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import { StockServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { WhyServiceClient } from '@naru/contracts/gen/naru/warehousing/v1/why_service';
import { EmbeddedBus } from '@naru/platform/bus/embedded';
import { ScenarioClock } from '@naru/platform/clocks';
import { Database } from '@naru/platform/database';
import { type Occurred, occurred } from '@naru/platform/event';
import type { RunningService } from '@naru/platform/service';
import { TestIssuer } from '@naru/testing/issuer';
import { createTestDatabase, type TestDatabase } from '@naru/testing/test-database';
import { clientOf, startTestService } from '@naru/testing/test-service';
import { warehousing } from '../warehousing.module.js';

/** The morning of the market day: 03:00 in Seoul. */
export const MORNING = Date.UTC(2022, 5, 22, 18);
const WINDOW_MS = 2 * 3_600_000;

export const OPERATOR = randomUUID();
export const OTHER_OPERATOR = randomUUID();
export const CARRIER = randomUUID();
export const CONSIGNOR = randomUUID();
export const MERCHANT = randomUUID();

export interface AnnouncedConsignment {
  readonly consignmentId: string;
  readonly code: string;
}

export interface TruckAtDoor {
  readonly appointmentId: string;
  readonly door: Location;
}

const ZONES: readonly NewZone[] = [
  {
    code: 'C1',
    temperatureClass: TemperatureClass.CHILLED,
    locations: [
      { code: 'C1-D1', kind: LocationKind.DOCK_DOOR, capacityGrams: 20_000_000n },
      { code: 'C1-D2', kind: LocationKind.DOCK_DOOR, capacityGrams: 20_000_000n },
      { code: 'C1-01-1', kind: LocationKind.RACK, capacityGrams: 1_000_000n },
      { code: 'C1-01-2', kind: LocationKind.RACK, capacityGrams: 2_000_000n },
    ],
  },
  { code: 'A1', temperatureClass: TemperatureClass.AMBIENT, locations: [{ code: 'A1-01-1', kind: LocationKind.FLOOR, capacityGrams: 5_000_000n }] },
  { code: 'F1', temperatureClass: TemperatureClass.FROZEN, locations: [{ code: 'F1-01-1', kind: LocationKind.RACK, capacityGrams: 5_000_000n }] },
];

/** Who may call, with the clients of every service of warehousing. */
export type Party = Awaited<ReturnType<Scene['as']>>;

/** A running warehousing with its parties, for one test file. */
export class Scene {
  readonly clock = new ScenarioClock(MORNING);
  #codes = 0;

  private constructor(
    readonly database: TestDatabase,
    private readonly issuer: TestIssuer,
    private readonly auction: Database,
    private readonly bus: EmbeddedBus,
  ) {}

  service!: RunningService;
  operator!: Party;
  carrier!: Party;
  consignor!: Party;
  merchant!: Party;

  static async open(): Promise<Scene> {
    const database = await createTestDatabase();
    const url = database.services.get('auction')!.databaseUrl;
    const auction = await Database.connect({ url, schema: 'auction', poolSize: 1 });
    const bus = new EmbeddedBus({ database: auction, url, service: 'auction', log: () => {} });
    const scene = new Scene(database, await TestIssuer.start(), auction, bus);
    await scene.#start();
    return scene;
  }

  async #start(): Promise<void> {
    this.service = await startTestService(warehousing, { database: this.database, issuer: this.issuer, clock: this.clock, config: { poolSize: 12 } });
    this.operator = await this.as(OPERATOR, 'centre-operator');
    this.carrier = await this.as(CARRIER, 'carrier');
    this.consignor = await this.as(CONSIGNOR, 'consignor');
    this.merchant = await this.as(MERCHANT, 'merchant');
  }

  /**
   * Runs the service in a process of its own until it kills itself at the point, while `act` calls it; then starts it here again on the same data.
   * `act` gets the address; its calls fail.
   */
  async killedAt(crashAt: string, act: (address: string) => Promise<void>): Promise<void> {
    await this.service.stop();
    const { issuer, jwksUrl } = this.issuer;
    const config = { databaseUrl: this.database.services.get('warehousing')!.databaseUrl, issuer, jwksUrl, pageTokenKey: 'key', crashAt, now: this.clock.now() };
    const program = fileURLToPath(new URL('mortal-service.js', import.meta.url));
    const child = spawn(process.execPath, [program], { env: { ...process.env, MORTAL: JSON.stringify(config) }, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    try {
      const [address] = (await once(child.stdout, 'data')) as [Buffer];
      await act(String(address).trim());
      const [, signal] = (await ended) as [number | null, string | null];
      if (signal !== 'SIGKILL') throw new Error(`${crashAt} was never reached`);
    } finally {
      child.kill('SIGKILL');
      await this.#start();
    }
  }

  /** Stops the service and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.service.stop();
    await this.#start();
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.bus.close(1000);
    await this.auction.close();
    await this.issuer.stop();
    await this.database.drop();
  }

  /** The clients of an organization in a role. */
  async as(organizationId: string, role: string, { address, idempotencyKey }: { readonly address?: string; readonly idempotencyKey?: string } = {}) {
    const token = await this.issuer.token({ organizationId, roles: [role], expiresInSeconds: 3600 });
    return this.#clients(organizationId, address ?? this.service.address, { token, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
  }

  #clients(organizationId: string, address: string, options: { readonly token: string; readonly idempotencyKey?: string }) {
    return {
      organizationId,
      centres: clientOf(CentreServiceClient, address, options),
      items: clientOf(ItemServiceClient, address, options),
      appointments: clientOf(AppointmentServiceClient, address, options),
      receipts: clientOf(ReceiptServiceClient, address, options),
      notices: clientOf(NoticeServiceClient, address, options),
      stock: clientOf(StockServiceClient, address, options),
      networks: clientOf(NetworkServiceClient, address, options),
      orders: clientOf(OrderServiceClient, address, options),
      reservations: clientOf(ReservationServiceClient, address, options),
      why: clientOf(WhyServiceClient, address, options),
    };
  }

  async openCentre(operator: Party = this.operator, zones: readonly NewZone[] = ZONES): Promise<Centre> {
    const code = `GN-${String(++this.#codes).padStart(2, '0')}`;
    const { centre } = await operator.centres.createCentre({
      code,
      name: `Centre ${code}`,
      timeZone: 'Asia/Seoul',
      capabilities: [Capability.AGRICULTURAL, Capability.COLD],
      zones: [...zones],
    });
    return centre!;
  }

  /** The locations of a centre by code. */
  async locations(centre: Centre, operator: Party = this.operator): Promise<ReadonlyMap<string, Location>> {
    const { locations } = await operator.centres.listLocations({ centreId: centre.centreId, pageSize: 500, pageToken: '' });
    return new Map(locations.map((location) => [location.code, location]));
  }

  async createItem(temperatureClass = TemperatureClass.CHILLED): Promise<Item> {
    const code = `KR-226-${++this.#codes}`;
    const { item } = await this.operator.items.createItem({
      item: { code, name: 'Strawberries', temperatureClass, control: ItemControl.BATCH, catchWeight: true, gtin: '' },
    });
    return item!;
  }

  /** Auction announces a consignment of boxes of 10 kg, and warehousing has heard of it. */
  async announce(quantity: bigint, consignorOrganizationId = CONSIGNOR): Promise<AnnouncedConsignment> {
    const consignmentId = randomUUID();
    const code = `CSG-20220623-${++this.#codes}`;
    const goods = {
      itemCode: '226',
      item: '딸기',
      variety: '설향',
      grade: '상품',
      origin: '논산',
      category: Category.FRUIT_AND_VEGETABLE,
      tradeUnit: { label: '10kg', base: BaseUnit.GRAM, size: 10_000n },
    };
    const fact = ConsignmentRegistered.fromPartial({
      consignmentId,
      code,
      marketId: randomUUID(),
      marketCode: 'GARAK',
      consignorOrganizationId,
      lotId: randomUUID(),
      goods,
      quantity,
    });
    await this.tell(occurred(ConsignmentRegistered, fact, MORNING));
    await this.until(
      async () => (await this.database.query('select 1 from warehousing.expected_consignments where consignment_id = $1', [consignmentId])).length === 1,
    );
    return { consignmentId, code };
  }

  /** Auction publishes facts, in this order; gives their ids. */
  async tell(...facts: readonly Occurred[]): Promise<readonly string[]> {
    const records = facts.map(({ type, key, payload, time }) => ({
      topic: 'naru.auction.v1',
      id: randomUUID(),
      type,
      key,
      payload,
      source: 'auction',
      time,
      recordTime: Date.now(),
      traceparent: undefined,
      tracestate: undefined,
    }));
    await this.bus.publish(records);
    return records.map(({ id }) => id);
  }

  /** Waits until warehousing has taken the facts with these ids, or parked them. */
  async taken(ids: readonly string[]): Promise<void> {
    await this.until(async () => (await this.database.query('select 1 from warehousing.inbox where event_id = any($1::uuid[])', [ids])).length === ids.length);
  }

  /** A truck stands at the door with these consignments announced on it. */
  async truckAtDoor(centre: Centre, consignments: readonly AnnouncedConsignment[], doorCode = 'C1-D1'): Promise<TruckAtDoor> {
    const door = (await this.locations(centre)).get(doorCode)!;
    const { appointmentId } = await this.book(centre, consignments);
    await this.operator.appointments.recordGateIn({ appointmentId });
    await this.operator.appointments.callToDoor({ appointmentId, doorLocationId: door.locationId });
    return { appointmentId, door };
  }

  async book(centre: Centre, consignments: readonly AnnouncedConsignment[], carrier: Party = this.carrier, noticeIds: readonly string[] = []) {
    const { appointment } = await carrier.appointments.bookAppointment({
      centreId: centre.centreId,
      vehicleRegistration: '12가3456',
      windowStartsAt: new Date(this.clock.now()),
      windowEndsAt: new Date(this.clock.now() + WINDOW_MS),
      consignmentIds: consignments.map(({ consignmentId }) => consignmentId),
      noticeIds: [...noticeIds],
    });
    return appointment!;
  }

  /** A sound line of ten boxes, 100.2 kg, unless told otherwise. */
  line(truck: TruckAtDoor, consignment: AnnouncedConsignment, item: Item, other: Partial<ReceiveLineRequest> = {}): ReceiveLineRequest {
    return {
      appointmentId: truck.appointmentId,
      consignmentId: consignment.consignmentId,
      itemId: item.itemId,
      counted: 10n,
      weighedGrams: 100_200n,
      scaleTicket: 'SC-0001',
      temperatureTenths: 40,
      condition: Condition.SOUND,
      disposition: Disposition.UNSPECIFIED,
      batch: '',
      expiresOn: '',
      ...other,
    };
  }

  /** An item of the merchant's own: pieces of 100 g. */
  async ownItem(code: string, other: Partial<NewItem> = {}): Promise<Item> {
    const { item } = await this.merchant.items.createItem({
      item: { code, name: 'Mugs', temperatureClass: TemperatureClass.AMBIENT, control: ItemControl.BATCH, catchWeight: false, gtin: '', unitGrams: 100n, ...other },
    });
    return item!;
  }

  async announceGoods(centre: Centre, lines: readonly Partial<NewNoticeLine>[], merchant: Party = this.merchant): Promise<AdvanceNotice> {
    const { notice } = await merchant.notices.announceGoods({
      centreId: centre.centreId,
      merchantReference: `PO-${++this.#codes}`,
      lines: lines.map((line, i) => ({ line: i + 1, itemCode: '', unit: '1 pieces', count: 10n, batch: '', expiresOn: '', ...line })),
    });
    return notice!;
  }

  /** A truck stands at the door with the goods of these notices. */
  async truckWithNotices(centre: Centre, notices: readonly AdvanceNotice[], doorCode = 'C1-D1'): Promise<TruckAtDoor> {
    const door = (await this.locations(centre)).get(doorCode)!;
    const { appointmentId } = await this.book(centre, [], this.carrier, notices.map((notice) => notice.noticeId));
    await this.operator.appointments.recordGateIn({ appointmentId });
    await this.operator.appointments.callToDoor({ appointmentId, doorLocationId: door.locationId });
    return { appointmentId, door };
  }

  /** Ten sound pieces of 100 g, unless told otherwise. */
  counted(line: number, other: Partial<CountedLine> = {}): CountedLine {
    const counted = other.counted ?? 10n;
    return {
      line,
      counted,
      weighedGrams: counted * 100n,
      scaleTicket: `SC-${line}`,
      temperatureTenths: undefined,
      condition: Condition.SOUND,
      batch: '',
      expiresOn: '',
      disposition: Disposition.UNSPECIFIED,
      itemCode: '',
      unit: '',
      ...other,
    };
  }

  /** Everything that the ledger says: journal, balances and what locations hold. */
  async ledger(): Promise<unknown> {
    const journal = await this.database.query('select * from warehousing.stock_movement_lines order by movement_id, line');
    const balances = await this.database.query('select * from warehousing.stock_balances where count <> 0 or grams <> 0 order by balance_id');
    const locations = await this.database.query('select location_id, occupied_grams from warehousing.locations order by location_id');
    return { journal, balances, locations };
  }

  /** What was published about a key, oldest first. */
  async facts(key: string): Promise<readonly { readonly type: string; readonly payload: Buffer }[]> {
    await this.until(async () => (await this.database.query('select 1 from warehousing.outbox')).length === 0);
    return this.database.query(`select type, payload from bus.warehousing_log where key = $1 order by position`, [key]);
  }

  async until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error('waited for 10 s in vain');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
