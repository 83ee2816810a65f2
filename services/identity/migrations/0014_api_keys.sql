-- API keys of organizations. The secret is 32 random bytes, so a fast hash is enough.
create table api_keys (
  key_id text primary key check (length(key_id) = 12),
  organization_id uuid not null references organizations,
  -- The first key of a rotation: of a family at most two hold.
  family_id text not null references api_keys,
  rotated_from text references api_keys,
  name text not null,
  secret_sha256 bytea not null check (length(secret_sha256) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  allowed_addresses text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  -- Lives and uses of a key are system time, as those of tokens are.
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_organization on api_keys (organization_id, key_id);
create index api_keys_family on api_keys (family_id);
grant update (revoked_at, last_used_at) on api_keys to identity_app;

do $$
begin
  if exists (select from pg_roles where rolname = 'naru_reader') then
    revoke select on api_keys from naru_reader;
    grant select (key_id, organization_id, family_id, rotated_from, name, scopes, created_by, created_at, expires_at, revoked_at, last_used_at) on api_keys to naru_reader;
  end if;
end $$;
