-- A county's keys open everything that is sealed there. Who acts below the county needs to read them, and to make the first ones;
-- to change or remove them is for whoever acts for the whole county as an official: a row lost here is a county's people lost.
drop policy tenant on county_key;
--> statement-breakpoint
create policy tenant on county_key using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
create policy reading on county_key for select using (
  (
    region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
    or region = substr((select current_setting('app.lo', true)), 1, 6)
      and (select current_setting('app.lo', true)) < (select current_setting('app.hi', true))
  )
  and (select current_setting('app.audience', true)) not in ('', 'public')
);
--> statement-breakpoint
create policy making on county_key for insert with check (
  (
    region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
    or region = substr((select current_setting('app.lo', true)), 1, 6)
      and (select current_setting('app.lo', true)) < (select current_setting('app.hi', true))
  )
  and (select current_setting('app.audience', true)) not in ('', 'public')
);
--> statement-breakpoint
-- Whoever adds to the trail, adds in his own name.
alter policy append on audit_entry with check (
  actor = coalesce(nullif((select current_setting('app.actor', true)), ''), 'unset')
);
