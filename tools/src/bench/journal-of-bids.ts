import { layBiddingGround } from './bidding-ground.js';
import { type Journal, timed } from './growing-journal.js';
import type { Bench } from './row.js';
import { ourBids } from './turnstile.js';

/** Bids of one lot of old. */
const BIDS_PER_LOT = 1_000;

/** An auction with so many bids in its journal, and as many first answers. */
export async function bidJournal(bench: Bench, rows: number): Promise<Journal> {
  const database = await (await bench.ground()).database();
  const ground = await layBiddingGround(database);
  await database.query(
    `insert into auction.bids (lot_id, sequence, organization_id, limit_amount, stamped_at, leads, lead_changed, price, closes_at, admission)
     select lot, sequence, ($1::uuid[])[1 + sequence % $2], sequence * 10, now(), true, true, sequence * 10, now(), 1
       from (select gen_random_uuid() as lot from generate_series(1, $3::int)) lots, generate_series(1, $4::int) sequence`,
    [ground.bidders, ground.bidders.length, rows / BIDS_PER_LOT, BIDS_PER_LOT],
  );
  await database.query(
    `insert into auction.idempotency (organization_id, method, key, fingerprint, response)
     select ($1::uuid[])[1 + n % $2], '/naru.auction.v1.LotService/PlaceBid', 'old-' || n, '\\x00', '\\x00' from generate_series(1, $3::int) n`,
    [ground.bidders, ground.bidders.length, rows],
  );
  const lotId = await ground.openLot();
  await database.query('vacuum analyze');
  const bids = await ourBids(database, ground);
  const bid = bids.bidderOn(lotId, true);
  return {
    call: () => timed(bid),
    async stop() {
      await bids.stop();
      await database.drop();
    },
  };
}
