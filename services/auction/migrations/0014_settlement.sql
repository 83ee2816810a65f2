-- Not packed to standard: the consignor bears the handling (농안법 제40조).
alter table consignments add column loose boolean not null default false;

-- Invoices past their due date: their buyer leads no lot (rule A8).
alter table bidders add column overdue_invoices integer not null default 0 check (overdue_invoices >= 0);

-- Who is who on a document: what identity tells.
create table parties (
  organization_id uuid primary key,
  name text not null
);

-- Fees and terms of a market, version by version. Amounts in minor units, rates per mille × 10; the commissions are in order of their categories.
create table fee_schedules (
  market_id uuid not null references markets,
  version integer not null,
  effective_from date not null,
  commission_categories text[] not null,
  commission_rates integer[] not null,
  commission_flats bigint[] not null,
  market_use_rate integer not null,
  settlement_rate integer not null,
  handling_amount bigint not null,
  sales_incentive_rate integer not null,
  shipping_incentive_rate integer not null,
  truncation bigint not null check (truncation > 0),
  payment_days integer not null,
  payout_working_days integer not null,
  holidays text[] not null,
  source text not null,
  primary key (market_id, version),
  unique (market_id, effective_from)
);

-- The last number of a kind of document, per market and day (rule A10). Locked last of all rows, until the commit: no gaps.
create table document_counters (
  market_id uuid not null,
  kind text not null check (kind in ('SLP', 'STN', 'INV')),
  day date not null,
  last bigint not null,
  primary key (market_id, kind, day)
) with (fillfactor = 50);
grant update on document_counters to auction_app;

-- Business days that something was posted to. Who posts holds the row in share; who closes it, alone.
create table market_days (
  market_id uuid not null references markets,
  business_day date not null,
  phase text not null default 'open' check (phase in ('open', 'closed')),
  debits bigint,
  credits bigint,
  slips bigint,
  notes bigint,
  invoices bigint,
  closed_at timestamptz,
  primary key (market_id, business_day),
  check ((phase = 'closed') = (closed_at is not null)),
  check (debits = credits)
);
grant update on market_days to auction_app;

-- The journal of the ledger: appended, never changed. Every document's postings sum to zero (rule A9); debits are positive.
create table postings (
  document_id uuid not null,
  line integer not null,
  market_id uuid not null,
  business_day date not null,
  account text not null,
  organization_id uuid,
  amount bigint not null check (amount <> 0),
  reverses_document_id uuid,
  primary key (document_id, line)
);
create index postings_day on postings (market_id, business_day);

-- Sale slips (판매원표). Never changed: a correction is another slip.
create table slips (
  slip_id uuid primary key,
  code text not null,
  number bigint not null,
  market_id uuid not null,
  business_day date not null,
  session_id uuid not null,
  lot_id uuid not null,
  consignment_id uuid not null,
  operator_organization_id uuid not null,
  consignor_organization_id uuid not null,
  buyer_organization_id uuid not null,
  quantity bigint not null check (quantity > 0),
  price bigint not null check (price > 0),
  amount bigint not null check (amount = price * quantity),
  issued_at timestamptz not null,
  corrects_slip_id uuid unique references slips,
  reason text,
  unique (market_id, business_day, number),
  check ((corrects_slip_id is null) = (reason is null))
);
create unique index slips_sale on slips (lot_id) where corrects_slip_id is null;
create index slips_session on slips (session_id);
create index slips_consignor on slips (consignor_organization_id, slip_id);
create index slips_buyer on slips (buyer_organization_id, slip_id);

-- Sessions whose notes and invoices are issued: once each.
create table session_settlements (
  session_id uuid primary key references sessions,
  market_id uuid not null,
  business_day date not null,
  lots integer not null,
  settled_at timestamptz not null
);

-- Settlement notes (정산서). Never changed.
create table settlement_notes (
  note_id uuid primary key,
  code text not null,
  number bigint not null,
  market_id uuid not null,
  business_day date not null,
  session_id uuid not null,
  operator_organization_id uuid not null,
  consignor_organization_id uuid not null,
  fees_version integer not null,
  gross bigint not null,
  grants bigint not null,
  deductions bigint not null,
  net bigint not null check (net >= 0 and net = gross + grants - deductions),
  issued_at timestamptz not null,
  payout_due_at timestamptz not null,
  corrects_note_id uuid unique references settlement_notes,
  reason text,
  unique (market_id, business_day, number)
);
create unique index settlement_notes_first on settlement_notes (session_id, consignor_organization_id) where corrects_note_id is null;
create index settlement_notes_chain on settlement_notes (session_id, consignor_organization_id);
create index settlement_notes_consignor on settlement_notes (consignor_organization_id, note_id);

-- Invoices. Never changed; what is paid of one stands in receivables.
create table invoices (
  invoice_id uuid primary key,
  code text not null,
  number bigint not null,
  market_id uuid not null,
  business_day date not null,
  session_id uuid not null,
  operator_organization_id uuid not null,
  buyer_organization_id uuid not null,
  fees_version integer not null,
  gross bigint not null,
  grants bigint not null,
  total bigint not null check (total >= 0 and total = gross - grants),
  issued_at timestamptz not null,
  due_at timestamptz not null,
  corrects_invoice_id uuid unique references invoices,
  reason text,
  unique (market_id, business_day, number)
);
create unique index invoices_first on invoices (session_id, buyer_organization_id) where corrects_invoice_id is null;
create index invoices_chain on invoices (session_id, buyer_organization_id);
create index invoices_buyer on invoices (buyer_organization_id, invoice_id);

-- The sold lots of a note or an invoice: what was sold stands in the slip.
create table document_lines (
  document_id uuid not null,
  line integer not null,
  slip_id uuid not null references slips,
  lot_id uuid not null,
  amount bigint not null,
  primary key (document_id, line)
);
create index document_lines_lot on document_lines (lot_id);

-- What a note or an invoice charges or grants, with who bears it.
create table document_charges (
  document_id uuid not null,
  line integer not null,
  kind text not null,
  payer text not null,
  amount bigint not null check (amount > 0),
  lot_id uuid,
  advance_id uuid,
  primary key (document_id, line)
);

-- What the corporation has advanced to a consignor: freight, or a payout that a correction made too much. Deducted from the notes that follow.
create table advances (
  advance_id uuid primary key,
  bill_id uuid not null,
  market_id uuid not null,
  operator_organization_id uuid not null,
  consignor_organization_id uuid not null,
  consignment_id uuid,
  session_id uuid,
  kind text not null check (kind in ('freight', 'overpaid')),
  amount bigint not null check (amount > 0),
  deducted bigint not null default 0 check (deducted between 0 and amount),
  reference text not null,
  recorded_at timestamptz not null
);
grant update (deducted) on advances to auction_app;
create index advances_open on advances (market_id, consignor_organization_id) where deducted < amount;

-- The life of what a buyer owes.
create table receivables (
  invoice_id uuid primary key references invoices,
  market_id uuid not null,
  buyer_organization_id uuid not null,
  phase text not null check (phase in ('open', 'part-paid', 'overdue', 'paid', 'written-off', 'replaced')),
  total bigint not null,
  paid bigint not null default 0 check (paid between 0 and total),
  due_at timestamptz not null,
  overdue_at timestamptz,
  -- paid, written off or replaced
  ended_at timestamptz
) with (fillfactor = 70);
grant update on receivables to auction_app;
create index receivables_due on receivables (due_at) where phase in ('open', 'part-paid');
create index receivables_buyer on receivables (market_id, buyer_organization_id) where phase in ('open', 'part-paid', 'overdue');

create table payments (
  payment_id uuid primary key,
  invoice_id uuid not null references invoices,
  market_id uuid not null,
  kind text not null check (kind in ('payment', 'write-off')),
  amount bigint not null check (amount > 0),
  reference text not null,
  received_at timestamptz not null
);
create unique index payments_reference on payments (market_id, reference) where kind = 'payment';
create index payments_invoice on payments (invoice_id);

-- The life of what a consignor gets.
create table payouts (
  note_id uuid primary key references settlement_notes,
  market_id uuid not null,
  operator_organization_id uuid not null,
  consignor_organization_id uuid not null,
  session_id uuid not null,
  phase text not null check (phase in ('due', 'sent', 'bounced', 'resent', 'replaced', 'nothing')),
  amount bigint not null check (amount >= 0),
  due_at timestamptz not null
) with (fillfactor = 70);
grant update (phase) on payouts to auction_app;
create index payouts_consignor on payouts (consignor_organization_id, note_id);

-- Every time that a payout was sent. One key is sent once, and only one attempt of a note has not come back (rule A11).
create table payout_attempts (
  attempt_id uuid primary key,
  note_id uuid not null references payouts,
  attempt integer not null,
  attempt_key text not null,
  sent_at timestamptz not null,
  bounce_id uuid,
  bounced_at timestamptz,
  reason text,
  unique (note_id, attempt),
  unique (note_id, attempt_key),
  check ((bounced_at is null) = (bounce_id is null))
);
grant update (bounce_id, bounced_at, reason) on payout_attempts to auction_app;
create unique index payout_attempts_standing on payout_attempts (note_id) where bounced_at is null;

-- Sessions that closed: few of them wait to be settled.
create index sessions_closed on sessions (session_id) where phase = 'closed';
