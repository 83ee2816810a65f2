-- The gateway owns no table: it reads the logs of the bus, and its outbox (for refused access) is the shell's.
select 1;
