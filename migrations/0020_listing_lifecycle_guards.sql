-- The states of a listing's way, and the editions of it (src/lists/lifecycle).
alter table listing
  drop constraint listing_status,
  add constraint listing_status check (
    status in (
      'draft', 'submitted', 'returned', 'approved', 'publicity', 'published',
      'reserved', 'matched', 'closed', 'expired', 'withdrawn'
    )
  ),
  add constraint listing_machine check (machine in ('listing-v1')),
  add constraint listing_publicity check (publicity_until is null or status = 'publicity'),
  add constraint listing_dormant check (dormant_since is null or status = 'published');
--> statement-breakpoint
-- What is put up, promised or agreed is readable by its id, marked as such; searched and matched is only what is published.
drop policy visible on listing;
--> statement-breakpoint
create policy visible on listing for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or owner_id::text = (select current_setting('app.audience', true))
    or (
      is_public and status in ('publicity', 'published', 'reserved', 'matched')
      and (select current_setting('app.audience', true)) <> ''
    )
  )
);
--> statement-breakpoint
-- Added once and never changed. Whoever may change the listing reads its history and adds to it.
select guard_business_table('listing_transition', 'reason');
--> statement-breakpoint
revoke update, delete on listing_transition from gongfang_app;
--> statement-breakpoint
create policy tenant on listing_transition using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or listing_id in (
      select id from listing
      where owner_id::text = (select current_setting('app.audience', true))
        or person_id::text = any (string_to_array((select current_setting('app.audience', true)), ' '))
    )
  )
);
--> statement-breakpoint
alter table listing_transition
  add constraint listing_transition_machine check (machine in ('listing-v1')),
  add constraint listing_transition_action check (
    action in (
      'submission', 'return', 'approval', 'publication', 'withdrawal', 'renewal', 'closure', 'revision',
      'reservation', 'release', 'deal', 'reopening', 'expiry', 'dormancy'
    )
  ),
  add constraint listing_transition_return check (action <> 'return' or reason is not null);
--> statement-breakpoint
-- What was decided is read by whoever reads the listing, and written by whoever writes it.
select guard_business_table('collective_decision');
--> statement-breakpoint
create policy visible on collective_decision for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and listing_id in (select id from listing)
);
--> statement-breakpoint
create policy tenant on collective_decision using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or listing_id in (select id from listing where owner_id::text = (select current_setting('app.audience', true)))
  )
);
--> statement-breakpoint
alter table collective_decision
  add constraint collective_decision_body check (body in ('assembly', 'representatives', 'council')),
  add constraint collective_decision_people check (
    due > 0 and present between 1 and due and in_favour between 0 and present
  ),
  add constraint collective_decision_publicity check (
    coalesce(publicity_from >= held_on, true)
    and (publicity_to is null or publicity_from is not null and publicity_to >= publicity_from)
  );
--> statement-breakpoint
-- Everybody may know the terms of a county, wherever he is; officials of the whole county lay them down.
select guard_business_table('trade_policy');
--> statement-breakpoint
create policy register on trade_policy for select using ((select current_setting('app.audience', true)) <> '');
--> statement-breakpoint
create policy tenant on trade_policy using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table trade_policy add constraint trade_policy_version check (version > 0);
--> statement-breakpoint
-- Who reported what is for officials alone.
select guard_business_table('outdated_report');
--> statement-breakpoint
create policy tenant on outdated_report using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
