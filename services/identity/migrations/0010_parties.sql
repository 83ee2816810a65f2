create table organizations (
  organization_id uuid primary key,
  name text not null,
  kind text not null check (kind like 'ORGANIZATION\_KIND\_%'),
  registration_number text not null,
  registered_at timestamptz not null
);
-- Naru's own organization is one.
create unique index organizations_system on organizations (kind) where kind = 'ORGANIZATION_KIND_SYSTEM';
-- The row lock of an organization orders the events under its key; `for update` needs the right to update a column.
grant update (name) on organizations to identity_app;

-- Both directions are kept, so that either side finds the other by its own id.
create table affiliations (
  organization_id uuid not null references organizations,
  affiliate_organization_id uuid not null references organizations,
  declared_at timestamptz not null,
  primary key (organization_id, affiliate_organization_id),
  check (organization_id <> affiliate_organization_id)
);

create table users (
  user_id uuid primary key,
  login text not null unique,
  name text not null,
  password_hash text not null,
  registered_at timestamptz not null
);
grant update (password_hash) on users to identity_app;

-- One row per member. A membership granted again after its end gets a new membership_id: nothing issued to the old one lives on.
create table memberships (
  organization_id uuid not null references organizations,
  user_id uuid not null references users,
  membership_id uuid not null unique,
  roles text[] not null check (cardinality(roles) > 0),
  granted_at timestamptz not null,
  ended_at timestamptz,
  primary key (organization_id, user_id)
);
create index memberships_user on memberships (user_id) where ended_at is null;
grant update on memberships to identity_app;

create table clients (
  client_id text primary key,
  organization_id uuid not null references organizations,
  name text not null,
  -- Secrets are 32 random bytes, so a fast hash is enough.
  secret_sha256 bytea not null check (length(secret_sha256) = 32),
  roles text[] not null check (cardinality(roles) > 0),
  registered_at timestamptz not null
);
create index clients_organization on clients (organization_id, client_id);
-- The secrets of Naru's own clients come from the configuration and may change there.
grant update (secret_sha256) on clients to identity_app;

-- Readers of every schema see who there is, never what proves it.
do $$
begin
  if exists (select from pg_roles where rolname = 'naru_reader') then
    revoke select on users, clients from naru_reader;
    grant select (user_id, name, registered_at) on users to naru_reader;
    grant select (client_id, organization_id, name, roles, registered_at) on clients to naru_reader;
  end if;
end $$;
