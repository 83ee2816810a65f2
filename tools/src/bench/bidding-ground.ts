import { rules as auctionRules } from '@naru/auction/verify';
import { Ids } from '@naru/platform/ids';
import type { TestDatabase } from '@naru/testing/test-database';

/** A market with bidders who can pay anything, on which lots are opened to be bid on without end. */
export interface BiddingGround {
  readonly marketId: string;
  /** Organizations that may bid. */
  readonly bidders: readonly string[];
  openLot(): Promise<string>;
}

/** One hot lot has this many bidders. */
const BIDDERS = 500;
export const CURRENCY = 'KRW';
/** Every bid is at least this much over the price. */
export const STEP = 10n;
export const START_PRICE = 1_000n;
const HOUR_MS = 3_600_000;
const DEPOSIT = 10n ** 15n;

const ids = new Ids();

/** Lays the rows that a market day would have laid: by SQL, because only bids are measured. */
export async function layBiddingGround(database: TestDatabase): Promise<BiddingGround> {
  const [marketId, operator, farm, sessionId] = Array.from({ length: 4 }, () => ids.next()) as [string, string, string, string];
  const bidders = Array.from({ length: BIDDERS }, () => ids.next());
  await database.query(
    `insert into auction.markets (market_id, code, name, operator_organization_id, time_zone, currency, bid_unit, lot_open_ms, soft_close_window_ms, soft_close_extension_ms, hard_end_ms, source)
     values ($1, 'BENCH', 'bench', $2, 'Asia/Seoul', $3, $4, $5, 10000, 10000, $5, 'illustrative')`,
    [marketId, operator, CURRENCY, STEP, 10 * HOUR_MS],
  );
  await database.query('insert into auction.increment_bands values ($1, 0, $2)', [marketId, STEP]);
  for (const table of ['bidders', 'admissions']) {
    const means = table === 'bidders';
    await database.query(
      `insert into auction.${table} (market_id, organization_id, admission, categories, licensed_until, suspended, ${means ? 'deposit, credit' : 'admitted_at'})
       select $1, id, 1, array['CATEGORY_FRUIT_AND_VEGETABLE'], 'infinity', false, ${means ? '$3, 0' : '$3'} from unnest($2::uuid[]) id`,
      [marketId, bidders, means ? DEPOSIT : new Date()],
    );
  }
  await database.query(
    `insert into auction.sessions (session_id, code, market_id, operator_organization_id, name, business_day, phase, started_at) values ($1, 'BENCH', $2, $3, 'bench', current_date, 'running', now())`,
    [sessionId, marketId, operator],
  );
  let lots = 0;
  return {
    marketId,
    bidders,
    async openLot() {
      const [consignmentId, lotId] = [ids.next(), ids.next()];
      const code = `BENCH-${++lots}`;
      await database.query(
        `insert into auction.consignments (consignment_id, code, market_id, consignor_organization_id, operator_organization_id, lot_id, item_code, item, variety, grade, origin, category,
           trade_unit_label, trade_unit_base, trade_unit_size, quantity, phase, announced_at)
         values ($1, $2, $3, $4, $5, $6, '411', '사과', '후지', '상품', '청송', 'CATEGORY_FRUIT_AND_VEGETABLE', '10kg', 'BASE_UNIT_GRAM', 10000, 10, 'received', now())`,
        [consignmentId, code, marketId, farm, operator, lotId],
      );
      await database.query(
        `insert into auction.lots (lot_id, code, market_id, consignment_id, consignor_organization_id, operator_organization_id, category, quantity, weighed_grams, session_id, position, start_price, phase)
         values ($1, $2, $3, $4, $5, $6, 'CATEGORY_FRUIT_AND_VEGETABLE', 10, 100000, $7, $8, $9, 'listed')`,
        [lotId, code, marketId, consignmentId, farm, operator, sessionId, lots, START_PRICE],
      );
      // opened an instant ago: a bid of this millisecond is not before it
      const openedAt = Date.now() - 1;
      await database.query(`update auction.lots l set phase = 'open', opened_at = $2, closes_at = $3, dossier_digest = auction.dossier_digest_of(l) where lot_id = $1`, [
        lotId,
        new Date(openedAt),
        new Date(openedAt + 10 * HOUR_MS),
      ]);
      return lotId;
    },
  };
}

/** Holds what was acknowledged on a lot to what its journal, its row and the events have. @throws when a bid is lost or doubled. */
export async function countBids(database: TestDatabase, lotId: string, acknowledged: number): Promise<void> {
  const [counts] = await database.query<Record<string, string>>(
    `select (select count(*) from auction.bids where lot_id = $1) as journal, (select sequence from auction.lots where lot_id = $1) as lot,
       (select count(*) from auction.outbox where key = $1::text) + (select count(*) from bus.auction_log where key = $1::text) as events`,
    [lotId],
  );
  for (const [where, count] of Object.entries(counts!)) if (Number(count) !== acknowledged) throw new Error(`${acknowledged} bids were acknowledged, the ${where} has ${count}`);
}

/** Holds everything on the ground to the rules of the auction, as `naru verify` does. @throws for a rule that is broken. */
export async function verifyBids(database: TestDatabase): Promise<void> {
  for (const { rule, title, check } of auctionRules) {
    if (typeof check !== 'string') continue;
    const [found] = await database.query<{ violations: string }>(check);
    if (Number(found!.violations) > 0) throw new Error(`the run broke ${rule} ${found!.violations} times: ${title}`);
  }
}
