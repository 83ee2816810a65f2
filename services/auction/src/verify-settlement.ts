import type { Rule } from '@naru/platform/rule';

/** Of a table whose rows correct each other: only the ones that hold. */
function holding(table: string, id: string, corrects: string): string {
  return `(select d.* from auction.${table} d where not exists (select from auction.${table} n where n.${corrects} = d.${id}))`;
}

/** What is won, not invoiced yet: the hammer's amount, or what its slip was corrected to. */
export const WON_NOT_INVOICED = `
  select h.market_id, h.buyer_organization_id as organization_id, l.consignor_organization_id, coalesce(c.amount, h.amount) as amount
  from auction.hammers h join auction.lots l using (lot_id)
  left join ${holding('slips', 'slip_id', 'corrects_slip_id')} c on c.lot_id = h.lot_id and c.corrects_slip_id is not null
  where h.reason is null and not exists (select from auction.session_settlements t where t.session_id = h.session_id)`;

/** What is invoiced and still owed. */
export const OWED = `select market_id, buyer_organization_id as organization_id, total - paid as amount from auction.receivables where phase in ('open', 'part-paid', 'overdue')`;

/** Numbers of a kind of document by market and day. */
function numbersOf(kind: string, table: string): string {
  return `select '${kind}' as kind, market_id, business_day as day, count(*) as n, min(number) as first, max(number) as last, count(distinct number) as distinct_numbers from auction.${table} group by market_id, business_day`;
}

/** Whether the service could change a journal. */
function changeable(table: string): string {
  return `(has_table_privilege('auction_app', 'auction.${table}', 'update') or has_table_privilege('auction_app', 'auction.${table}', 'delete'))::integer`;
}

/** The rules of settlement that rows can show (domain.md). */
export const settlementRules: readonly Rule[] = [
  {
    rule: 'A9',
    title: 'every posting balances to zero; commission with its flat part is within the cap, lot by lot; the journal never changes',
    check: `
      select (select count(*) from auction.postings) as checked,
        (select count(*) from (select from auction.postings group by document_id having sum(amount) <> 0 or count(distinct market_id) > 1 or count(distinct business_day) > 1) d)
        + (select count(*) from (
            select from auction.document_charges c join auction.document_lines d on d.document_id = c.document_id and d.lot_id = c.lot_id join auction.slips s on s.slip_id = d.slip_id
            join auction.consignments g on g.consignment_id = s.consignment_id
            left join auction.commission_caps cap on cap.market_id = s.market_id and cap.category = g.category
            where c.kind in ('CHARGE_KIND_COMMISSION', 'CHARGE_KIND_COMMISSION_FLAT')
            group by c.document_id, c.lot_id, s.amount, cap.per_mille having sum(c.amount) > s.amount * coalesce(cap.per_mille, 0) / 1000) over_cap)
        + ${changeable('postings')} + ${changeable('slips')} + ${changeable('settlement_notes')} + ${changeable('invoices')} + ${changeable('document_lines')} + ${changeable('document_charges')} as violations`,
  },
  {
    rule: 'A10',
    title: 'slips, notes and invoices are numbered from 1 without gaps per market and day; every sold lot has one slip that holds, over what the hammer gave',
    check: `
      with numbers as (${numbersOf('SLP', 'slips')} union all ${numbersOf('STN', 'settlement_notes')} union all ${numbersOf('INV', 'invoices')})
      select (select coalesce(sum(n), 0)::bigint from numbers) as checked,
        (select count(*) from numbers n full join auction.document_counters c on c.kind = n.kind and c.market_id = n.market_id and c.day = n.day
          where n.kind is null or c.kind is null or n.first <> 1 or n.last <> n.n or n.distinct_numbers <> n.n or c.last <> n.last)
        + (select count(*) from (select * from auction.hammers where reason is null) h full join (select * from auction.slips where corrects_slip_id is null) s using (lot_id)
          where h.lot_id is null or s.slip_id is null or s.amount <> h.amount or s.buyer_organization_id <> h.buyer_organization_id)
        + (select count(*) from (select from auction.hammers h join ${holding('slips', 'slip_id', 'corrects_slip_id')} s using (lot_id) group by h.lot_id having count(*) <> 1) twice) as violations`,
  },
  {
    rule: 'A11',
    title: 'of the attempts of a payout at most one has not come back, and the bank shows just that; what is paid out of corrected notes is the net of the one that holds',
    check: `
      with attempts as (
        select p.note_id, p.phase, p.amount, count(a.*) filter (where a.bounced_at is null) as standing, count(a.*) as n, max(a.attempt) as last
        from auction.payouts p left join auction.payout_attempts a using (note_id) group by p.note_id, p.phase, p.amount
      ),
      paid as (
        select a.note_id, -sum(b.amount) as amount from auction.payout_attempts a join auction.postings b on b.document_id in (a.attempt_id, a.bounce_id) and b.account = 'bank' group by a.note_id
      ),
      chains as (
        select n.session_id, n.consignor_organization_id, n.net,
          (select coalesce(sum(p.amount), 0) from auction.payouts p where p.session_id = n.session_id and p.consignor_organization_id = n.consignor_organization_id and p.phase in ('due', 'sent', 'resent', 'bounced'))
          - (select coalesce(sum(a.amount), 0) from auction.advances a where a.session_id = n.session_id and a.consignor_organization_id = n.consignor_organization_id and a.kind = 'overpaid') as arriving
        from ${holding('settlement_notes', 'note_id', 'corrects_note_id')} n
      )
      select (select count(*) from attempts) as checked,
        (select count(*) from attempts left join paid using (note_id)
          where standing <> (phase in ('sent', 'resent'))::integer or coalesce(last, 0) <> n or coalesce(paid.amount, 0) <> standing * attempts.amount)
        + (select count(*) from chains where arriving <> net) as violations`,
  },
  {
    rule: 'A12',
    title: 'a note is its lines less its deductions, an invoice its lines less its grants, and the ledger says the same, document by document and party by party',
    check: `
      with lines as (
        select d.document_id, sum(d.amount) as amount, bool_and(d.amount = s.amount and d.lot_id = s.lot_id) as true_to_slips
        from auction.document_lines d join auction.slips s using (slip_id) group by d.document_id
      ),
      charges as (
        select document_id, coalesce(sum(amount) filter (where payer = 'PAYER_CONSIGNOR'), 0) as deductions,
          coalesce(sum(amount) filter (where kind in ('CHARGE_KIND_SALES_INCENTIVE', 'CHARGE_KIND_SHIPPING_INCENTIVE')), 0) as grants
        from auction.document_charges group by document_id
      ),
      ledger as (select document_id, account, sum(amount) as amount from auction.postings where reverses_document_id is null group by document_id, account),
      parties as (
        select market_id, account, organization_id, sum(amount) as amount from auction.postings where account in ('buyer-receivable', 'consignor-payable') group by 1, 2, 3
      ),
      won as (${WON_NOT_INVOICED}),
      owed as (
        select market_id, 'buyer-receivable' as account, organization_id, sum(amount) as amount from (select market_id, organization_id, amount from won union all ${OWED}) o group by 1, 2, 3
        union all
        select market_id, 'consignor-payable', organization_id, -sum(amount) from (
          select market_id, consignor_organization_id as organization_id, amount from won
          union all select market_id, consignor_organization_id, amount from auction.payouts where phase in ('due', 'bounced')) c group by 1, 2, 3
      )
      select (select count(*) from auction.settlement_notes) + (select count(*) from auction.invoices) as checked,
        (select count(*) from auction.settlement_notes n left join lines l on l.document_id = n.note_id left join charges c on c.document_id = n.note_id
          left join ledger p on p.document_id = n.note_id and p.account = 'consignor-payable' left join auction.advances a on a.advance_id = n.note_id
          where l.document_id is null or not l.true_to_slips or n.gross <> l.amount or n.grants <> coalesce(c.grants, 0) or n.deductions <> coalesce(c.deductions, 0)
            or n.net <> l.amount + coalesce(c.grants, 0) - coalesce(c.deductions, 0) or coalesce(p.amount, 0) <> n.deductions - n.grants - coalesce(a.amount, 0))
        + (select count(*) from auction.invoices i left join lines l on l.document_id = i.invoice_id left join charges c on c.document_id = i.invoice_id
          left join ledger p on p.document_id = i.invoice_id and p.account = 'buyer-receivable' left join auction.receivables r on r.invoice_id = i.invoice_id
          where l.document_id is null or not l.true_to_slips or i.gross <> l.amount or i.grants <> coalesce(c.grants, 0) or i.total <> l.amount - coalesce(c.grants, 0)
            or coalesce(p.amount, 0) <> -i.grants or r.total is distinct from i.total)
        + (select count(*) from auction.hammers h join auction.session_settlements t using (session_id) where h.reason is null
          and ((select count(*) from auction.document_lines d join ${holding('settlement_notes', 'note_id', 'corrects_note_id')} n on n.note_id = d.document_id where d.lot_id = h.lot_id) <> 1
            or (select count(*) from auction.document_lines d join ${holding('invoices', 'invoice_id', 'corrects_invoice_id')} i on i.invoice_id = d.document_id where d.lot_id = h.lot_id) <> 1))
        + (select count(*) from parties p full join owed o using (market_id, account, organization_id) where coalesce(p.amount, 0) <> coalesce(o.amount, 0)) as violations`,
  },
  {
    rule: 'A16',
    title: 'a closed day has equal debits and credits, every document, and nothing that was added to it later',
    check: `
      select count(*) as checked, count(*) filter (where phase = 'closed' and (d.debits is distinct from d.credits
          or d.debits <> (select coalesce(sum(amount) filter (where amount > 0), 0) from auction.postings p where p.market_id = d.market_id and p.business_day = d.business_day)
          or d.credits <> (select coalesce(-sum(amount) filter (where amount < 0), 0) from auction.postings p where p.market_id = d.market_id and p.business_day = d.business_day)
          or d.slips <> (select count(*) from auction.slips s where s.market_id = d.market_id and s.business_day = d.business_day)
          or d.notes <> (select count(*) from auction.settlement_notes s where s.market_id = d.market_id and s.business_day = d.business_day)
          or d.invoices <> (select count(*) from auction.invoices s where s.market_id = d.market_id and s.business_day = d.business_day)
          or exists (select from auction.sessions s where s.market_id = d.market_id and s.business_day = d.business_day and s.phase <> 'prepared'
            and not exists (select from auction.session_settlements t where t.session_id = s.session_id)))) as violations
      from auction.market_days d`,
  },
];
