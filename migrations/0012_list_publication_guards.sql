-- Everybody reads what was published, officials of the division also what is on its way.
select guard_business_table('list_publication');
--> statement-breakpoint
create policy visible on list_publication for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and state in ('published', 'superseded') and (select current_setting('app.audience', true)) <> ''
);
--> statement-breakpoint
create policy tenant on list_publication using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table list_publication
  add constraint list_publication_list check (list in ('resources', 'supply-demand', 'policies', 'idle-labour')),
  add constraint list_publication_state check (
    state in ('draft', 'submitted', 'approved', 'published', 'superseded', 'returned')
  ),
  add constraint list_publication_reviewed check (state in ('draft', 'submitted') or approver is not null),
  add constraint list_publication_returned check ((state = 'returned') = (reasons is not null)),
  add constraint list_publication_signed check (
    num_nulls(number, signed_text, signature, public_key, published_at)
      = case when state in ('published', 'superseded') then 0 else 5 end
  );
--> statement-breakpoint
-- Entries are public or not as their publication is. Their content is in the publication's hash: the trail need not repeat it.
select guard_business_table('publication_entry', 'content');
--> statement-breakpoint
create policy visible on publication_entry for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and publication_id in (select id from list_publication where state in ('published', 'superseded'))
);
--> statement-breakpoint
create policy tenant on publication_entry using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table listing_change
  add constraint listing_change_change check (change in ('published', 'changed', 'withdrawn'));
--> statement-breakpoint
-- Ids of public listings and no content: for all divisions at once.
grant select, insert, update on listing_change to gongfang_app;
--> statement-breakpoint
-- Tells what became of public listings. The transaction's id is the order in which they are read.
create function tell_changes() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' then
    insert into listing_change (id, change, transaction_id)
    select id, 'published', pg_current_xact_id() from new_rows where is_public and status = 'published';
  elsif tg_op = 'UPDATE' then
    insert into listing_change (id, change, transaction_id)
    select n.id,
           case when not (n.is_public and n.status = 'published') then 'withdrawn'
                when o.is_public and o.status = 'published' then 'changed'
                else 'published' end,
           pg_current_xact_id()
    from new_rows n join old_rows o on o.id = n.id
    where n.is_public and n.status = 'published' or o.is_public and o.status = 'published'
    on conflict (id) do update set change = excluded.change, transaction_id = excluded.transaction_id;
  else
    insert into listing_change (id, change, transaction_id)
    select id, 'withdrawn', pg_current_xact_id() from old_rows where is_public and status = 'published'
    on conflict (id) do update set change = excluded.change, transaction_id = excluded.transaction_id;
  end if;
  return null;
end
$$;
--> statement-breakpoint
create trigger tell_insert after insert on listing referencing new table as new_rows
  for each statement execute function tell_changes();
--> statement-breakpoint
create trigger tell_update after update on listing referencing old table as old_rows new table as new_rows
  for each statement execute function tell_changes();
--> statement-breakpoint
create trigger tell_delete after delete on listing referencing old table as old_rows
  for each statement execute function tell_changes();
--> statement-breakpoint
-- What stands already. Even the owner of the tables meets row-level security where it is forced.
alter table listing no force row level security;
--> statement-breakpoint
insert into listing_change (id, change, transaction_id)
select id, 'published', pg_current_xact_id() from listing where is_public and status = 'published';
--> statement-breakpoint
alter table listing force row level security;
