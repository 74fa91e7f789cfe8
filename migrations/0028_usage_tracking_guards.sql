-- How a resource is used after its deal. Both sides see what is between them, wherever they are; officials see what lies in their
-- division, and it is written in the scope of the resource's county (src/trade/reach.ts).
select guard_business_table('rent_payment');
--> statement-breakpoint
-- Added once and never changed: what was wrong is taken back by another.
revoke update, delete on rent_payment from gongfang_app;
--> statement-breakpoint
create policy visible on rent_payment for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on rent_payment using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table rent_payment
  add constraint rent_payment_deal foreign key (deal_id) references deal (id),
  add constraint rent_payment_reverses foreign key (reverses_id) references rent_payment (id),
  add constraint rent_payment_amount check (amount_fen <> 0 and (amount_fen > 0) = (reverses_id is null));
--> statement-breakpoint
-- What somebody noted in the field stays out of the trail.
select guard_business_table('usage_check_in', 'note');
--> statement-breakpoint
revoke update, delete on usage_check_in from gongfang_app;
--> statement-breakpoint
create policy visible on usage_check_in for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on usage_check_in using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table usage_check_in
  add constraint usage_check_in_deal foreign key (deal_id) references deal (id),
  add constraint usage_check_in_found check (found in ('in-use', 'idle', 'other-use')),
  add constraint usage_check_in_other_use check (use_found is null or found = 'other-use'),
  add constraint usage_check_in_photo check (photo_sha256 ~ '^[0-9a-f]{64}$');
--> statement-breakpoint
select guard_business_table('usage_alert');
--> statement-breakpoint
create policy visible on usage_alert for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on usage_alert using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table usage_alert
  add constraint usage_alert_deal foreign key (deal_id) references deal (id),
  add constraint usage_alert_check_in foreign key (check_in_id) references usage_check_in (id),
  add constraint usage_alert_subject check (
    coalesce(
      case kind
        when 'rent-overdue' then amount_fen > 0 and check_in_id is null
        when 'other-use' then amount_fen is null and check_in_id is not null
        when 'idle-again' then amount_fen is null
      end, false
    )
  );
--> statement-breakpoint
-- The states of a use, and its end (src/trade/usage/use-machine.ts).
alter table deal
  drop constraint deal_state,
  add constraint deal_state check (state in ('in-use', 'ending', 'ended')),
  add constraint deal_ending check (
    ending_side in ('seller', 'buyer') and ending_reason is not null
    or ending_side is null and state <> 'ending'
  ),
  add constraint deal_ended check (num_nulls(ended_on, ended_by) = case when state = 'ended' then 0 else 2 end),
  add constraint deal_ended_by check (ended_by in ('term', 'agreement', 'ruling'));
--> statement-breakpoint
-- Bids are opened only after the notice has stood in the media, where that is owed (src/trade/bidding-machine.ts).
alter table bidding
  add constraint bidding_media check (num_nulls(medium, media_noticed_on) in (0, 2)),
  add constraint bidding_media_owed check (
    not owes_media_notice or medium is not null or state not in ('opened', 'certified', 'failed', 'relisted')
  );
