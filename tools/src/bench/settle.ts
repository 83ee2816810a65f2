import { OverdueTimer } from '@naru/auction/invoice/overdue.timer';
import { HammerTurnstile } from '@naru/auction/lot/hammer.turnstile';
import { LotTurnstile } from '@naru/auction/lot/lot.turnstile';
import { MarketStore } from '@naru/auction/market/market.store';
import { Closer } from '@naru/auction/session/closer.timer';
import { Settling } from '@naru/auction/settlement/settling.shell';
import { SettlingTimer } from '@naru/auction/settlement/settling.timer';
import type { BusinessClock } from '@naru/kernel/clock';
import { BusinessTime } from '@naru/platform/business-time';
import type { ServiceConfig } from '@naru/platform/config';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import type { Call } from '@naru/platform/rpc/call';
import { ServiceContext } from '@naru/platform/service-context';
import type { TestDatabase } from '@naru/testing/test-database';
import { verifyBids } from './bidding-ground.js';
import type { Bench, Figure, Row } from './row.js';
import { DAY_MS, type SessionLots, type SettleGround, laySettleGround } from './settle-ground.js';
import { median, spreadOf } from './statistics.js';

const SESSIONS = 16;
const LOTS = 40;
const REPETITIONS = 3;
const GOAL = 500;
const POOL_SIZE = 18;

/** Sessions of one market that sell side by side: the hammer of each lot with its slip, then notes and invoices. The bids before are not counted. */
export const settle: Row = {
  name: 'settle',
  async run(bench: Bench): Promise<Figure> {
    const database = await (await bench.ground()).database();
    const ground = await laySettleGround(database);
    const url = database.services.get('auction')!.databaseUrl;
    const pool = await Database.connect({ url, schema: 'auction', poolSize: POOL_SIZE });
    const market = sellers(pool, url);
    const figures: number[] = [];
    try {
      for (let repetition = 0; repetition <= REPETITIONS; repetition++) {
        const sessions = await ground.laySessions(SESSIONS, LOTS, market.now());
        await database.query('vacuum analyze auction.lots, auction.consignments, auction.slips, auction.postings');
        const perSecond = (SESSIONS * LOTS * 1_000) / (await market.sell(ground, sessions));
        if (repetition > 0) figures.push(perSecond); // the first warms up
        bench.say(`${repetition} of ${REPETITIONS}: ${Math.round(perSecond)} lots/s`);
      }
      await countDocuments(database, (REPETITIONS + 1) * SESSIONS * LOTS);
      await verifyBids(database);
      const value = median(figures);
      return {
        ...{ value, unit: 'lots/s', spread: spreadOf(figures), goal: `≥ ${GOAL}`, passed: value >= GOAL },
        notes: [`${SESSIONS} sessions of one market side by side, ${LOTS} lots each: hammer and slip per lot, then notes and invoices; every commit durable; bids not counted`],
      };
    } finally {
      await market.stop();
      await pool.close();
      await database.drop();
    }
  },
};

/** The auction's turnstiles and its settling as the service builds them, without its rpc server, on a clock that jumps from one close to the next. */
function sellers(pool: Database, url: string) {
  let now = Date.now();
  const businessClock: BusinessClock = { now: () => now, at: () => () => {} };
  const config: ServiceConfig = {
    ...{ databaseUrl: url, poolSize: POOL_SIZE, grpcAddress: '', issuer: '', jwksUrl: '', pageTokenKey: '', businessClock },
    log: (line) => line.level !== 'info' && console.error(line),
  };
  const [context, time, ids] = [new ServiceContext('auction', config), new BusinessTime(businessClock), new Ids()];
  const [markets, outbox] = [new MarketStore(pool), new Outbox(ids, () => {})];
  const settling = new Settling(pool, markets, outbox, ids, time, new OverdueTimer(time, pool, context, markets, outbox), context);
  const closer = new Closer(time, pool, context);
  const hammers = new HammerTurnstile(pool, context, markets, closer, new SettlingTimer(time, pool, context, settling), outbox, ids, time);
  const lots = new LotTurnstile(pool, context, markets, closer, outbox, time, hammers);
  const { signal } = new AbortController();
  return {
    now: () => now,
    /** Sells all lots of `sessions`, place by place, and settles them; gives the milliseconds of the hammers and what follows them. */
    async sell({ marketId, bidders }: SettleGround, sessions: readonly SessionLots[]): Promise<number> {
      let spent = 0;
      const timed = async (work: Promise<void>[]): Promise<void> => {
        const begun = performance.now();
        await Promise.all(work);
        spent += performance.now() - begun;
      };
      for (let place = 0; place < LOTS; place++) {
        const bids = sessions.map(({ lotIds }, i) => {
          const organizationId = bidders[(place + i) % bidders.length]!;
          const caller = { subject: organizationId, kind: 'client', organizationId, system: false, roles: ['bidder'] } as const;
          const call: Call = { caller, receivedAt: now, deadline: Number.POSITIVE_INFINITY, idempotency: undefined, signal };
          return lots.placeBid({ lotId: lotIds[place]!, limit: { currency: 'KRW', amount: 12_000n } }, call);
        });
        await Promise.all(bids);
        now += DAY_MS;
        await timed(sessions.map(({ lotIds }) => lots.closeLot(lotIds[place]!, marketId)));
      }
      await timed(sessions.map(({ sessionId }) => settling.settle(sessionId)));
      return spent;
    },
    stop: () => context.stopped(),
  };
}

/** Holds what was sold to the documents over it. @throws when one is missing. */
async function countDocuments(database: TestDatabase, lots: number): Promise<void> {
  const [counts] = await database.query<Record<string, string>>(
    `select (select count(*) from auction.slips) as slips, (select count(*) from auction.document_lines d join auction.settlement_notes n on n.note_id = d.document_id) as note_lines,
       (select count(*) from auction.document_lines d join auction.invoices i on i.invoice_id = d.document_id) as invoice_lines`,
  );
  for (const [what, count] of Object.entries(counts!)) if (Number(count) !== lots) throw new Error(`${lots} lots were sold, there are ${count} ${what}`);
}
