import { AdmitBidderRequest, BidderServiceClient } from '@naru/contracts/gen/naru/auction/v1/bidder_service';
import { type Consignment, ConsignmentServiceClient, NewConsignment } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { type Lot, LotPhase, LotServiceClient } from '@naru/contracts/gen/naru/auction/v1/lot_service';
import { Category, type FeeSchedule, type Market, MarketRules, MarketServiceClient } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { SessionServiceClient } from '@naru/contracts/gen/naru/auction/v1/session_service';
import { InvoiceServiceClient } from '@naru/contracts/gen/naru/auction/v1/invoice_service';
import { MarketDayServiceClient } from '@naru/contracts/gen/naru/auction/v1/market_day_service';
import { PayoutServiceClient } from '@naru/contracts/gen/naru/auction/v1/payout_service';
import { SettlementNoteServiceClient } from '@naru/contracts/gen/naru/auction/v1/settlement_note_service';
import { SlipServiceClient } from '@naru/contracts/gen/naru/auction/v1/slip_service';
import { AffiliationDeclared } from '@naru/contracts/gen/naru/identity/v1/events';
import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import { ConsignmentReceived } from '@naru/contracts/gen/naru/warehousing/v1/events';
import { topicOf } from '@naru/contracts/registry';
import { instantOf } from '@naru/kernel/instant';
import { EmbeddedBus } from '@naru/platform/bus/embedded';
import { ScenarioClock } from '@naru/platform/clocks';
import type { ServiceConfig } from '@naru/platform/config';
import { Database } from '@naru/platform/database';
import { type EventCodec, occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import type { RunningService } from '@naru/platform/service';
import { TestIssuer } from '@naru/testing/issuer';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { clientOf, startTestService } from '@naru/testing/test-service';
import { auction } from '../auction.module.js';

/** The auction service on a real database, with the organizations of a market day around it. */

const ids = new Ids();
export const newId = (): string => ids.next();

export const GARAK = newId();
export const FARM = newId();
export const SEOUL = newId();
export const BUSAN = newId();
export const DAEGU = newId();

export const START = instantOf('2022-06-23', '05:00', 'Asia/Seoul');

const ROLES = { operator: ['market-operator'], consignor: ['consignor'], bidder: ['bidder'], analyst: ['analyst'] } as const;

export function krw(amount: number | bigint) {
  return { currency: 'KRW', amount: BigInt(amount) };
}

/** Rules with short times: a lot is open for a minute, extends by 20 s in its last 10, and ends after 90 at most. */
export const RULES = MarketRules.fromPartial({
  currency: 'KRW',
  bidUnit: 100n,
  increments: [
    { fromAmount: 0n, increment: 100n },
    { fromAmount: 10_000n, increment: 500n },
  ],
  lotOpenMs: 60_000n,
  softCloseWindowMs: 10_000n,
  softCloseExtensionMs: 20_000n,
  hardEndMs: 90_000n,
  commissionCaps: [{ category: Category.FRUIT_AND_VEGETABLE, perMille: 70 }],
  source: '농안법 시행규칙 제39조',
});

export const APPLES = {
  itemCode: '411',
  item: '사과',
  variety: '후지',
  grade: '상품',
  origin: '청송',
  category: Category.FRUIT_AND_VEGETABLE,
  tradeUnit: { label: '10kg', base: BaseUnit.GRAM, size: 10_000n },
};

export class Stage {
  readonly services: RunningService[] = [];
  readonly #clients: { close(): void }[] = [];
  readonly #buses = new Map<string, { readonly bus: EmbeddedBus; readonly database: Database }>();
  #markets = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly issuer: TestIssuer,
    readonly clock: ScenarioClock,
  ) {}

  static async set(): Promise<Stage> {
    const stage = new Stage(await createTestDatabase(), await TestIssuer.start(), new ScenarioClock(START));
    await stage.startInstance();
    return stage;
  }

  async startInstance(config: Partial<ServiceConfig> = {}): Promise<RunningService> {
    const service = await startTestService(auction, { database: this.database, issuer: this.issuer, clock: this.clock, config });
    this.services.push(service);
    return service;
  }

  /** The clients of an organization in a role, on the first instance unless `service` says otherwise. */
  async as(role: keyof typeof ROLES, organizationId: string, options: { readonly service?: RunningService; readonly idempotencyKey?: string } = {}) {
    const address = (options.service ?? this.services[0]!).address;
    const token = await this.issuer.token({ organizationId, roles: ROLES[role] });
    const call = options.idempotencyKey === undefined ? { token } : { token, idempotencyKey: options.idempotencyKey };
    const clients = {
      markets: clientOf(MarketServiceClient, address, call),
      bidders: clientOf(BidderServiceClient, address, call),
      consignments: clientOf(ConsignmentServiceClient, address, call),
      lots: clientOf(LotServiceClient, address, call),
      sessions: clientOf(SessionServiceClient, address, call),
      slips: clientOf(SlipServiceClient, address, call),
      notes: clientOf(SettlementNoteServiceClient, address, call),
      invoices: clientOf(InvoiceServiceClient, address, call),
      payouts: clientOf(PayoutServiceClient, address, call),
      days: clientOf(MarketDayServiceClient, address, call),
    };
    this.#clients.push(...Object.values(clients));
    return clients;
  }

  /** A fact of another service, put on its log as that service does. */
  async tell<T>(codec: EventCodec<T>, data: NoInfer<T>): Promise<void> {
    const service = codec.$type.split('.')[1]!;
    let teller = this.#buses.get(service);
    if (!teller) {
      const url = this.database.services.get(service)!.databaseUrl;
      const database = await Database.connect({ url, schema: service, poolSize: 1 });
      teller = { database, bus: new EmbeddedBus({ database, url, service, log: () => {} }) };
      this.#buses.set(service, teller);
    }
    const { type, key, payload, time } = occurred(codec, data, this.clock.now());
    await teller.bus.publish([{ topic: topicOf(service), id: newId(), type, source: service, key, payload, time, recordTime: Date.now(), traceparent: undefined, tracestate: undefined }]);
  }

  async market(rules: Partial<MarketRules> = {}, fees?: FeeSchedule): Promise<Market> {
    const { markets } = await this.as('operator', GARAK);
    const { market } = await markets.createMarket({ code: `GARAK-${++this.#markets}`, name: '가락', timeZone: 'Asia/Seoul', rules: { ...RULES, ...rules }, fees });
    return market!;
  }

  /** Admits `organizationIds` to a market, each with means of 100,000,000 won unless `terms` says otherwise. */
  async admit(marketId: string, organizationIds: readonly string[], terms: Partial<AdmitBidderRequest> = {}): Promise<void> {
    const { bidders } = await this.as('operator', GARAK);
    for (const organizationId of organizationIds) {
      await bidders.admitBidder({
        ...{ marketId, organizationId, categories: [Category.FRUIT_AND_VEGETABLE], licensedUntil: new Date(START + 86_400_000), depositAmount: 100_000_000n, creditAmount: 0n },
        ...terms,
      });
    }
  }

  async affiliate(organizationId: string, affiliateOrganizationId: string): Promise<void> {
    await this.tell(AffiliationDeclared, { organizationId, affiliateOrganizationId });
    await this.until(async () => (await this.database.query('select from auction.affiliations where organization_id = $1 and affiliate_organization_id = $2', [organizationId, affiliateOrganizationId])).length > 0);
  }

  async consign(marketId: string, changes: Partial<NewConsignment> = {}, consignor = FARM): Promise<Consignment> {
    const { consignments } = await this.as('consignor', consignor);
    const { consignment } = await consignments.registerConsignment({ consignment: { marketId, goods: APPLES, quantity: 10n, reservePriceAmount: 0n, loose: false, ...changes } });
    return consignment!;
  }

  /** The centre has the goods: `counted` trade units, as announced unless given. */
  async receive(consignment: Consignment, counted = consignment.quantity): Promise<void> {
    const { consignmentId } = consignment;
    await this.tell(ConsignmentReceived, ConsignmentReceived.fromPartial({ consignmentId, counted, weighedGrams: counted * 10_000n }));
    await this.until(async () => (await this.database.query(`select from auction.consignments where consignment_id = $1 and phase = 'received'`, [consignmentId])).length > 0);
  }

  /** A session with received lots listed at 6,000 won, in order. */
  async session(marketId: string, lots: readonly Partial<NewConsignment>[], consignor = FARM): Promise<{ readonly sessionId: string; readonly lotIds: readonly string[]; readonly consignments: readonly Consignment[] }> {
    const operator = await this.as('operator', GARAK);
    const { session } = await operator.sessions.createSession({ marketId, name: '아침 경매', businessDay: '2022-06-23' });
    const consignments: Consignment[] = [];
    for (const lot of lots) {
      const consignment = await this.consign(marketId, lot, consignor);
      await this.receive(consignment);
      await operator.lots.listLot({ lotId: consignment.lotId, sessionId: session!.sessionId, startPriceAmount: 6_000n });
      consignments.push(consignment);
    }
    return { sessionId: session!.sessionId, lotIds: consignments.map((consignment) => consignment.lotId), consignments };
  }

  /** The same, started: its first lot is open. */
  async openSession(marketId: string, lots: readonly Partial<NewConsignment>[] = [{}], consignor = FARM) {
    const session = await this.session(marketId, lots, consignor);
    const operator = await this.as('operator', GARAK);
    await operator.sessions.startSession({ sessionId: session.sessionId });
    return session;
  }

  /** A session whose lots go to `buyers`, one each, at 10,000 won per unit; settled when it is over. */
  async soldSession(marketId: string, buyers: readonly string[], lots: readonly Partial<NewConsignment>[] = buyers.map(() => ({}))) {
    const session = await this.openSession(marketId, lots);
    for (const [i, buyer] of buyers.entries()) {
      const { lots: bids } = await this.as('bidder', buyer);
      await bids.placeBid({ lotId: session.lotIds[i]!, limit: krw(10_000) });
      const driver = await this.as('bidder', DAEGU); // of equal limits the earlier wins
      await driver.lots.placeBid({ lotId: session.lotIds[i]!, limit: krw(10_000) });
      while ((await this.lot(session.lotIds[i]!)).phase === LotPhase.OPEN) await this.clock.advanceTo(this.clock.nextDue()!);
    }
    await this.until(async () => (await this.database.query('select from auction.session_settlements where session_id = $1', [session.sessionId])).length > 0);
    return session;
  }

  async lot(lotId: string, organizationId = GARAK): Promise<Lot> {
    const { lots } = await this.as(organizationId === GARAK ? 'operator' : 'bidder', organizationId);
    return (await lots.getLot({ lotId })).lot!;
  }

  /** Payloads of the events of a type that the service has published, oldest first. */
  async published<T>(codec: EventCodec<T>): Promise<readonly T[]> {
    await this.until(async () => (await this.database.query('select from auction.outbox limit 1')).length === 0);
    const rows = await this.database.query<{ payload: Buffer }>('select payload from bus.auction_log where type = $1 order by position', [codec.$type]);
    return rows.map((row) => codec.decode(row.payload));
  }

  async until(condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`never came true: ${condition.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async strike(): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const service of this.services) await service.stop();
    for (const { bus, database } of this.#buses.values()) {
      await bus.close(1_000);
      await database.close();
    }
    await this.issuer.stop();
    await this.database.drop();
  }
}
