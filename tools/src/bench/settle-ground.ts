import { Ids } from '@naru/platform/ids';
import type { TestDatabase } from '@naru/testing/test-database';

/** A market with fees, and sessions whose first lot is open and whose others are listed behind it. */
export interface SettleGround {
  readonly marketId: string;
  readonly bidders: readonly string[];
  /** Lots of a session in order of their positions. */
  laySessions(sessions: number, lots: number, openedAt: number): Promise<readonly SessionLots[]>;
}

export interface SessionLots {
  readonly sessionId: string;
  readonly lotIds: readonly string[];
}

export const DAY_MS = 86_400_000;
const BIDDERS = 40;
const CONSIGNORS = 60;
const CATEGORY = 'CATEGORY_FRUIT_AND_VEGETABLE';
const ids = new Ids();

/** Lays the rows that a market day would have laid: by SQL, because only hammers and what follows them are measured. */
export async function laySettleGround(database: TestDatabase): Promise<SettleGround> {
  const [marketId, operator] = [ids.next(), ids.next()];
  const bidders = Array.from({ length: BIDDERS }, () => ids.next());
  const consignors = Array.from({ length: CONSIGNORS }, () => ids.next());
  await database.query(
    `insert into auction.markets (market_id, code, name, operator_organization_id, time_zone, currency, bid_unit, lot_open_ms, soft_close_window_ms, soft_close_extension_ms, hard_end_ms, source)
     values ($1, 'BENCH-SETTLE', 'bench', $2, 'Asia/Seoul', 'KRW', 10, $3, 0, 0, $3, 'illustrative')`,
    [marketId, operator, DAY_MS],
  );
  await database.query('insert into auction.increment_bands values ($1, 0, 10)', [marketId]);
  await database.query('insert into auction.commission_caps values ($1, $2, 70)', [marketId, CATEGORY]);
  await database.query(
    `insert into auction.fee_schedules values ($1, 1, '0001-01-01', array[$2], array[400], array[100], 55, 40, 150, 60, 15, 10, 7, 1, array[]::text[], 'illustrative')`,
    [marketId, CATEGORY],
  );
  for (const [table, columns, values] of [['bidders', 'deposit, credit', '1000000000000000, 0'], ['admissions', 'admitted_at', 'now()']] as const) {
    await database.query(
      `insert into auction.${table} (market_id, organization_id, admission, categories, licensed_until, suspended, ${columns})
       select $1, id, 1, array['${CATEGORY}'], 'infinity', false, ${values} from unnest($2::uuid[]) id`,
      [marketId, bidders],
    );
  }
  let laid = 0;
  async function laySession(lots: number, openedAt: number): Promise<SessionLots> {
    const sessionId = ids.next();
    await database.query(
      `insert into auction.sessions (session_id, code, market_id, operator_organization_id, name, business_day, phase, started_at) values ($1, $2, $3, $4, 'bench', current_date, 'running', now())`,
      [sessionId, `BENCH-S${laid}`, marketId, operator],
    );
    const rows = Array.from({ length: lots }, () => ({ consignmentId: ids.next(), lotId: ids.next(), code: `BENCH-L${++laid}`, consignor: consignors[laid % CONSIGNORS]! }));
    const columns = [rows.map((row) => row.consignmentId), rows.map((row) => row.lotId), rows.map((row) => row.code), rows.map((row) => row.consignor)];
    await database.query(
      `insert into auction.consignments (consignment_id, code, market_id, consignor_organization_id, operator_organization_id, lot_id, item_code, item, variety, grade, origin, category,
         trade_unit_label, trade_unit_base, trade_unit_size, quantity, phase, announced_at)
       select consignment_id, code, $5, consignor, $6, lot_id, '411', '사과', '후지', '상품', '청송', '${CATEGORY}', '10kg', 'BASE_UNIT_GRAM', 10000, 10, 'received', now()
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) t (consignment_id, lot_id, code, consignor)`,
      [...columns, marketId, operator],
    );
    await database.query(
      `insert into auction.lots (lot_id, code, market_id, consignment_id, consignor_organization_id, operator_organization_id, category, quantity, weighed_grams, session_id, position, start_price, phase)
       select lot_id, code, $5, consignment_id, consignor, $6, '${CATEGORY}', 10, 100000, $7, row_number() over (order by place), 10000, 'listed'
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) with ordinality t (consignment_id, lot_id, code, consignor, place)`,
      [...columns, marketId, operator, sessionId],
    );
    const [first] = rows;
    await database.query(`update auction.lots l set phase = 'open', opened_at = $2, closes_at = $3, dossier_digest = auction.dossier_digest_of(l) where lot_id = $1`, [
      first!.lotId,
      new Date(openedAt),
      new Date(openedAt + DAY_MS),
    ]);
    return { sessionId, lotIds: rows.map((row) => row.lotId) };
  }
  return {
    marketId,
    bidders,
    async laySessions(sessions, lots, openedAt) {
      const all: SessionLots[] = [];
      for (let i = 0; i < sessions; i++) all.push(await laySession(lots, openedAt));
      return all;
    },
  };
}
