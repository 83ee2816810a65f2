import type { Rule } from '@naru/platform/rule';
import { OWED, WON_NOT_INVOICED, settlementRules } from './verify-settlement.js';

/** What a bid must add to `price` in the market of `lot`. */
function increment(market: string, price: string): string {
  return `(select i.increment from auction.increment_bands i where i.market_id = ${market} and i.from_amount <= ${price} order by i.from_amount desc limit 1)`;
}

/** Each bid with its lot and with what stood before it. */
const JOURNAL = `
  journal as (
    select b.*, l.market_id, l.start_price, l.reserve_price, l.opened_at, l.consignor_organization_id, l.category,
      m.bid_unit, m.lot_open_ms * interval '1 ms' as lot_open, m.soft_close_window_ms * interval '1 ms' as soft_close_window,
      m.soft_close_extension_ms * interval '1 ms' as soft_close_extension, m.hard_end_ms * interval '1 ms' as hard_end,
      lag(b.price) over lot as price_before,
      coalesce(lag(b.closes_at) over lot, l.opened_at + m.lot_open_ms * interval '1 ms') as closes_before,
      max(b.limit_amount) over (lot rows between unbounded preceding and 1 preceding) as top_before
    from auction.bids b join auction.lots l using (lot_id) join auction.markets m using (market_id)
    window lot as (partition by b.lot_id order by b.sequence)
  )`;

/**
 * Who led after each bid, from the limits alone: whoever set the highest of them first. It reads none of the columns in which
 * the service keeps the lead.
 */
const LEADERS = `${JOURNAL},
  records as (
    select j.*, max(sequence) filter (where top_before is null or limit_amount > top_before) over (partition by lot_id order by sequence) as leader_sequence
    from journal j
  ),
  leaders as (
    select r.*, holder.organization_id as leader, holder.limit_amount as top,
      lag(holder.organization_id) over (partition by r.lot_id order by r.sequence) as leader_before
    from records r join auction.bids holder on holder.lot_id = r.lot_id and holder.sequence = r.leader_sequence
  )`;

/** Winner and price of each lot with bids, by the rule of the form. Raises by the leader form no price. */
const VERDICTS = `${LEADERS},
  ends as (
    select lot_id, market_id, start_price, reserve_price, max(limit_amount) as top, (array_agg(leader order by sequence desc))[1] as winner,
      max(sequence) filter (where organization_id is distinct from leader_before) as contested
    from leaders group by lot_id, market_id, start_price, reserve_price
  ),
  contests as (
    select e.*, max(b.limit_amount) filter (where b.sequence <= e.contested) as first, max(b.limit_amount) filter (where b.organization_id <> e.winner) as second
    from ends e join auction.bids b using (lot_id)
    group by e.lot_id, e.market_id, e.start_price, e.reserve_price, e.top, e.winner, e.contested
  ),
  verdicts as (
    select c.*, c.second + ${increment('c.market_id', 'c.second')} as topped,
      greatest(c.start_price, least(c.first, c.second + ${increment('c.market_id', 'c.second')}) * (c.second is not null)::integer, case when c.top >= c.reserve_price then c.reserve_price end) as price
    from contests c
  )`;

/** A bid may wait at the turnstile while the payment that lets it lead goes through. */
const WAIT = `interval '30 seconds'`;

/** The rules of selling that rows can show (domain.md). */
export const sellingRules: readonly Rule[] = [
  {
    rule: 'A1',
    title: 'a bid is accepted once, by the minimum of its moment, and never changes',
    check: `with ${JOURNAL}
      select count(*) as checked,
        count(*) filter (where limit_amount % bid_unit <> 0
          or limit_amount < case when price_before is null then start_price else price_before + ${increment('market_id', 'price_before')} end)
        + (has_table_privilege('auction_app', 'auction.bids', 'update') or has_table_privilege('auction_app', 'auction.bids', 'delete'))::integer as violations
      from journal`,
  },
  {
    rule: 'A2',
    title: 'the bids of a lot are numbered from 1 without gaps',
    check: `
      select coalesce(sum(n), 0)::bigint as checked, count(*) filter (where l.lot_id is null or coalesce(n, 0) <> l.sequence or first <> 1 or last <> n) as violations
      from auction.lots l full join (select lot_id, count(*) as n, min(sequence) as first, max(sequence) as last from auction.bids group by lot_id) b using (lot_id)`,
  },
  {
    rule: 'A3',
    title: 'winner and price of each hammer are what the rule of the form says of the journal',
    check: `with ${VERDICTS}
      select count(*) as checked, count(*) filter (where case
          when h.reason is null then h.buyer_organization_id is distinct from v.winner or h.price is distinct from v.price or h.amount is distinct from h.price * h.quantity
          when h.reason = 'NO_BID' then v.lot_id is not null
          else coalesce(v.top >= v.reserve_price, true)
        end) as violations
      from auction.hammers h left join verdicts v using (lot_id)`,
  },
  {
    rule: 'A4',
    title: 'no price above the first limit nor one increment over the second, none that falls, and no leader bids against itself',
    check: `with ${VERDICTS}
      select (select count(*) from leaders) as checked,
        (select count(*) from leaders where price > top or price < price_before
          or price > greatest(start_price, price_before, case when top >= reserve_price then reserve_price end,
            case when organization_id <> leader_before then least(top_before, limit_amount) + ${increment('market_id', 'least(top_before, limit_amount)')} end))
        + (select count(*) from auction.hammers h join verdicts v using (lot_id)
          where h.price > greatest(v.start_price, v.topped, case when v.top >= v.reserve_price then v.reserve_price end)) as violations`,
  },
  {
    rule: 'A5',
    title: 'accepted before the effective close alone; only a change of lead extends it, never past the hard end; one hammer per lot',
    check: `with ${JOURNAL}
      select (select count(*) from journal) + (select count(*) from auction.hammers) as checked,
        (select count(*) from journal where stamped_at < opened_at or stamped_at >= closes_before
          or closes_at <> case when lead_changed and stamped_at >= closes_before - soft_close_window
            then greatest(closes_before, least(stamped_at + soft_close_extension, opened_at + hard_end)) else closes_before end)
        + (select count(*) from auction.lots l full join auction.hammers h using (lot_id)
          where (l.phase in ('sold', 'passed')) is distinct from (h.lot_id is not null) or h.hammered_at < l.closes_at) as violations`,
  },
  {
    rule: 'A7',
    title: 'exposure is leading bids at their limit and what is won and unpaid, within deposit and credit',
    check: `
      select count(*) as checked, count(*) filter (where b.exposure > b.deposit + b.credit or b.exposure <> coalesce(led.amount, 0) + coalesce(won.amount, 0)) as violations
      from auction.bidders b
      left join (select market_id, leading_organization_id as organization_id, sum(leading_limit * quantity) as amount from auction.lots where phase = 'open' group by 1, 2) led
        using (market_id, organization_id)
      left join (select market_id, organization_id, sum(amount) as amount from (select market_id, organization_id, amount from (${WON_NOT_INVOICED}) w union all ${OWED}) u group by 1, 2) won
        using (market_id, organization_id)`,
  },
  {
    rule: 'A8',
    title: 'neither the consignor, nor its affiliates, nor who is unlicensed, suspended or overdue stands in a journal',
    check: `with ${JOURNAL}
      select count(*) as checked, count(*) filter (where j.organization_id = j.consignor_organization_id
          or exists (select from auction.affiliations f where f.organization_id = j.consignor_organization_id and f.affiliate_organization_id = j.organization_id and f.known_at < j.opened_at)
          or a.organization_id is null or a.suspended or j.stamped_at >= a.licensed_until or not j.category = any (a.categories)
          or exists (select from auction.receivables r where r.market_id = j.market_id and r.buyer_organization_id = j.organization_id
            and j.stamped_at > r.overdue_at and j.stamped_at < coalesce(r.ended_at, 'infinity') - ${WAIT}))
        + (select count(*) from auction.bidders b where b.overdue_invoices <> (select count(*) from auction.receivables r
            where r.market_id = b.market_id and r.buyer_organization_id = b.organization_id and r.phase = 'overdue')) as violations
      from journal j left join auction.admissions a on a.market_id = j.market_id and a.organization_id = j.organization_id and a.admission = j.admission`,
  },
  {
    rule: 'A14',
    title: 'no sale below the written reserve',
    check: `
      select count(*) as checked, count(*) filter (where h.price < c.reserve_price) as violations
      from auction.hammers h join auction.consignments c using (lot_id)`,
  },
  {
    rule: 'A15',
    title: 'the dossier of a lot is what it was when the lot opened',
    check: `
      select count(*) as checked, count(*) filter (where l.dossier_digest is distinct from auction.dossier_digest_of(l)) as violations
      from auction.lots l where l.opened_at is not null`,
  },
];

/** The rules of the auction that rows can show. */
export const rules: readonly Rule[] = [...sellingRules, ...settlementRules];
