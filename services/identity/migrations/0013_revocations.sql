alter table users add column disabled_at timestamptz;
grant update (disabled_at) on users to identity_app;

-- A client that is disabled stays so: its id is in the audit log and in the events.
alter table clients add column disabled_at timestamptz;
grant update (disabled_at) on clients to identity_app;

-- What no longer holds, for as long as a token of it could still be about (rule I3).
create table revoked (
  kind text not null check (kind like 'CREDENTIAL\_KIND\_%'),
  credential_id text not null,
  not_before timestamptz(3) not null,
  primary key (kind, credential_id)
);
grant update, delete on revoked to identity_app;

do $$
begin
  if exists (select from pg_roles where rolname = 'naru_reader') then
    grant select (disabled_at) on users to naru_reader;
    grant select (disabled_at) on clients to naru_reader;
  end if;
end $$;
