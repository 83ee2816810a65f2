-- Append-only: nobody but the owner may change or delete an entry, and the chain would show it (rule I4).
create table audit_entries (
  entry_id uuid primary key,
  recorded_at timestamptz(3) not null,
  action text not null,
  subject text not null,
  organization_id text not null,
  object text not null,
  code text not null
);

-- Written by the sealer alone, after the commit of the entries.
create table audit_chain (
  position bigint primary key check (position > 0),
  entry_id uuid not null unique references audit_entries,
  hash bytea not null check (length(hash) = 32)
);

-- Entries that the sealer has not reached. A cursor over ids would lose the entry that commits late.
create table audit_unsealed (
  entry_id uuid primary key references audit_entries
);
grant delete on audit_unsealed to identity_app;
