-- The role that every statement of the running service uses (see src/platform/database.ts). It owns nothing and cannot
-- bypass row-level security. Roles belong to the whole server, so another database may have made it already.
do $$
begin
  create role gongfang_app nologin nosuperuser nobypassrls;
exception
  when duplicate_object or unique_violation then null;
end
$$;
--> statement-breakpoint
grant gongfang_app to current_user;
--> statement-breakpoint
-- Bytes under a county's key (src/platform/sealing): the mark of the cipher, the key's version, iv, tag, body. Nothing that is
-- not sealed fits, and the catalogue tells which columns must be sealed anew when a key is replaced.
create domain sealed as bytea check (octet_length(value) >= 31 and get_byte(value, 0) in (1, 2));
--> statement-breakpoint
-- Tokens of a text for search, equal to zhBigrams in src/vocabulary/chinese-text.ts: runs of CJK as overlapping pairs (a
-- single character stays itself), runs of a-z and 0-9 whole. The caller has normalised (NFKC) and lower-cased the text.
create function zh_bigrams(content text) returns text[]
language sql immutable strict parallel safe
as $$
  select coalesce(array_agg(distinct token), '{}')
  from regexp_matches(
         content,
         '[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[a-z0-9]+',
         'g'
       ) as run(m)
  cross join lateral (
    select m[1] as token where m[1] ~ '^[a-z0-9]' or char_length(m[1]) = 1
    union all
    select substr(m[1], i, 2)
    from generate_series(1, char_length(m[1]) - 1) as i
    where m[1] !~ '^[a-z0-9]'
  ) as tokens
$$;
--> statement-breakpoint
-- Writes what a statement changed, one entry a row. Arguments are columns whose content must not be kept (sealed, large or
-- personal): the entry says only that they changed. Rows that are not for the public hide their descriptive columns too.
create function audit_changes() returns trigger
language plpgsql
as $$
declare
  hidden text[] := coalesce(tg_argv::text[], '{}');
  private constant text[] := array['attributes', 'title', 'search_text', 'search_grams', 'lng', 'lat'];
  who constant text := coalesce(nullif(current_setting('app.actor', true), ''), 'unset');
  request constant text := coalesce(current_setting('app.request_id', true), '');
begin
  if tg_op = 'INSERT' then
    insert into audit_entry (table_name, row_id, region, operation, actor, request_id, changed)
    select tg_table_name, n.id, n.region, 'insert', who, request,
           to_jsonb(n) - hidden - case when to_jsonb(n) ->> 'is_public' = 'false' then private else '{}' end
    from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into audit_entry (table_name, row_id, region, operation, actor, request_id, changed)
    select tg_table_name, n.id, n.region, 'update', who, request,
           (select coalesce(jsonb_object_agg(
                     key,
                     case when key = any (hidden || case when to_jsonb(n) ->> 'is_public' = 'false' then private else '{}' end)
                          then '"(changed)"'::jsonb else value end), '{}')
            from jsonb_each(to_jsonb(n))
            where value is distinct from to_jsonb(o) -> key)
    from new_rows n join old_rows o on o.id = n.id;
  else
    insert into audit_entry (table_name, row_id, region, operation, actor, request_id, changed)
    select tg_table_name, o.id, o.region, 'delete', who, request, '{}'
    from old_rows o;
  end if;
  return null;
end
$$;
--> statement-breakpoint
-- Gives the transaction its id before an entry takes its number. So whoever sees number n and then begins a transaction knows
-- that every entry below n belongs to an earlier one: what the sealer waits for (src/platform/audit/seal-entries.ts).
create function begin_audit_transaction() returns trigger
language plpgsql
as $$
begin
  perform pg_current_xact_id();
  return null;
end
$$;
--> statement-breakpoint
-- Makes a table a business table: row-level security enabled and forced, granted to the service, every change audited.
-- It must have `id uuid` and `region text collate "C"`. Policies are written beside each call, because they differ.
create function guard_business_table(business regclass, variadic hidden text[] default '{}') returns void
language plpgsql
as $$
declare
  arguments constant text := (select coalesce(string_agg(quote_literal(h), ', '), '') from unnest(hidden) as h);
begin
  execute format('alter table %s enable row level security', business);
  execute format('alter table %s force row level security', business);
  execute format('grant select, insert, update, delete on %s to gongfang_app', business);
  execute format('create trigger audit_insert after insert on %s referencing new table as new_rows
                  for each statement execute function audit_changes(%s)', business, arguments);
  execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows
                  for each statement execute function audit_changes(%s)', business, arguments);
  execute format('create trigger audit_delete after delete on %s referencing old table as old_rows
                  for each statement execute function audit_changes(%s)', business, arguments);
end
$$;
