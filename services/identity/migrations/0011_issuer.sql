-- ES256 key pairs as JWK. A key is published from its creation, signs from `signs_from` until a later one does,
-- and stays published until `retired_at`, which lies beyond the longest token it signed.
create table signing_keys (
  kid text primary key,
  jwk jsonb not null,
  created_at timestamptz not null,
  signs_from timestamptz not null,
  retired_at timestamptz
);
grant update (retired_at) on signing_keys to identity_app;

-- HMAC keys of cookies and of the tickets on the sign-in page; the newest signs, all verify.
create table cookie_keys (
  key_id uuid primary key,
  value text not null,
  created_at timestamptz not null
);
grant delete on cookie_keys to identity_app;

-- What the issuer keeps: sessions, interactions, grants, codes, refresh tokens. An id may be the token itself, so its hash is stored.
create table oidc (
  model text not null,
  id_sha256 bytea not null,
  payload jsonb not null,
  grant_id text,
  user_code text,
  uid text,
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (model, id_sha256)
);
create index oidc_grant on oidc (grant_id) where grant_id is not null;
create unique index oidc_user_code on oidc (model, user_code) where user_code is not null;
create unique index oidc_uid on oidc (model, uid) where uid is not null;
create index oidc_expiry on oidc (expires_at);
grant update, delete on oidc to identity_app;

-- Attempts to sign in, by account and by address, within a window.
create table sign_in_attempts (
  key text primary key,
  attempts integer not null,
  window_ends_at timestamptz not null
);
create index sign_in_attempts_end on sign_in_attempts (window_ends_at);
grant update, delete on sign_in_attempts to identity_app;

do $$
begin
  if exists (select from pg_roles where rolname = 'naru_reader') then
    revoke select on signing_keys, cookie_keys, oidc, sign_in_attempts from naru_reader;
  end if;
end $$;
