import pg from 'pg';
import { BidPlaced as BidPlacedMessage } from '@naru/contracts/gen/naru/auction/v1/events';
import { type Bidder, minimumBid, placeBid } from '@naru/auction/lot/bidding';
import type { OpenLot } from '@naru/auction/lot/lot';
import { type LotRow, toLot } from '@naru/auction/lot/lot.store';
import type { MarketRules } from '@naru/auction/market/market';
import { eventsOf } from '@naru/kernel/decision';

/**
 * The baseline of the turnstile: one transaction per bid, as a careful engineer writes it by hand with `pg`. Prepared statements, no
 * round trip that can be saved (the driver's pipeline: the lock goes out with the begin, the writes with the commit), the core's own check.
 */

/** As the services read them: 64-bit numbers whole, instants as milliseconds. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (oid === pg.types.builtins.INT8) return BigInt;
    if (oid === pg.types.builtins.TIMESTAMPTZ) return (text: string) => Date.parse(text);
    return pg.types.getTypeParser(oid, format);
  },
};

export function poolOf(url: string, clients: number): pg.Pool {
  return new pg.Pool({ connectionString: url, max: clients, pipeline: true, types, options: '-c search_path=auction' });
}

const LOCK_LOT = { name: 'lock-lot', text: 'select * from lots where lot_id = $1 for update' };
const LOCK_ACCOUNTS = {
  name: 'lock-accounts',
  text: `select b.*, exists (select from affiliations a where a.organization_id = $3 and a.affiliate_organization_id = b.organization_id) as affiliated
    from bidders b where b.market_id = $1 and b.organization_id = any ($2::uuid[]) order by b.organization_id for update of b`,
};
const APPEND = {
  name: 'append',
  text: 'insert into bids (lot_id, sequence, organization_id, limit_amount, stamped_at, leads, lead_changed, price, closes_at, admission) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
};
const SAVE_LOT = { name: 'save-lot', text: 'update lots set sequence = $2, leading_organization_id = $3, leading_limit = $4, price = $5, closes_at = $6 where lot_id = $1' };
const ADD_EXPOSURE = { name: 'add-exposure', text: 'update bidders set exposure = exposure + $3 where market_id = $1 and organization_id = $2' };
const PUBLISH = { name: 'publish', text: 'insert into outbox (event_id, type, key, payload, time, record_time) values ($1, $2, $3, $4, $5, $6)' };

interface AccountRow extends Omit<Bidder, 'licensedUntil'> {
  readonly organization_id: string;
  readonly licensed_until: number;
}

export interface BidderAtTheDoor {
  readonly pool: pg.Pool;
  readonly lotId: string;
  readonly marketId: string;
  readonly marketCode: string;
  readonly rules: MarketRules;
  readonly newId: () => string;
}

/** Places the least bid that the lot allows, for `organizationId`; resolves once it is durable. */
export async function bidAlone({ pool, lotId, marketId, marketCode, rules, newId }: BidderAtTheDoor, organizationId: string): Promise<void> {
  const client = await pool.connect();
  try {
    const begun = client.query('begin');
    const locked = client.query<LotRow>({ ...LOCK_LOT, values: [lotId] });
    await begun;
    const lot = toLot((await locked).rows[0]!) as OpenLot;
    const leader = lot.lead?.organizationId;
    const parties = leader === undefined || leader === organizationId ? [organizationId] : [organizationId, leader];
    const accounts = await client.query<AccountRow>({ ...LOCK_ACCOUNTS, values: [marketId, parties, lot.dossier.consignorOrganizationId] });
    const account = accounts.rows.find((row) => row.organization_id === organizationId)!;
    const stampedAt = Date.now();
    const bid = { organizationId, limit: { currency: rules.currency, amount: minimumBid(lot, rules, organizationId) }, stampedAt };
    const [placed] = eventsOf(placeBid(lot, bid, { ...account, licensedUntil: account.licensed_until }, rules));
    const { sequence, limit, leading, leadChanged, price, admission } = placed!;
    const closesAt = new Date(placed!.closesAt);
    const { quantity, code } = lot.dossier;
    const payload = BidPlacedMessage.encode({ lotId, code, marketCode, sequence, price: { currency: rules.currency, amount: price }, leadChanged, closesAt }).finish();
    await Promise.all([
      client.query({ ...APPEND, values: [lotId, sequence, organizationId, limit, new Date(stampedAt), leading, leadChanged, price, closesAt, admission] }),
      client.query({ ...SAVE_LOT, values: [lotId, sequence, leading ? organizationId : leader, leading ? limit : lot.lead!.limit, price, closesAt] }),
      ...(leading ? [client.query({ ...ADD_EXPOSURE, values: [marketId, organizationId, limit * quantity] })] : []),
      ...(leading && lot.lead ? [client.query({ ...ADD_EXPOSURE, values: [marketId, leader, -lot.lead.limit * quantity] })] : []),
      client.query({ ...PUBLISH, values: [newId(), BidPlacedMessage.$type, lotId, Buffer.from(payload), new Date(stampedAt), new Date()] }),
      client.query('commit'),
    ]);
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // a lost connection has rolled back by itself
    throw error;
  } finally {
    client.release();
  }
}
