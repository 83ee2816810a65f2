-- Answers are kept as long as a client may repeat its call, and no longer: an index that costs the hot insert next to nothing finds the old ones.
create index idempotency_age on idempotency using brin (created_at);

do $$ begin execute format('grant delete on idempotency to %I', current_schema() || '_app'); end $$;
