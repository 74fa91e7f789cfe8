-- Open bidding. Everybody reads a bidding from its notice on, its seller and officials of the division before; it is written in the
-- scope of the resource's county (src/trade/reach.ts).
select guard_business_table('bidding');
--> statement-breakpoint
create policy visible on bidding for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and noticed_at is not null and (select current_setting('app.audience', true)) <> ''
);
--> statement-breakpoint
create policy own on bidding for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and seller_id::text = (select current_setting('app.audience', true))
);
--> statement-breakpoint
create policy tenant on bidding using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table bidding
  add constraint bidding_listing foreign key (listing_id) references listing (id),
  add constraint bidding_seller foreign key (seller_id) references party (id),
  add constraint bidding_winner foreign key (winner_id) references party (id),
  add constraint bidding_before foreign key (previous_id) references bidding (id),
  add constraint bidding_state check (
    state in ('applied', 'noticed', 'opened', 'certified', 'failed', 'relisted', 'cancelled')
  ),
  add constraint bidding_period check (ends_on >= starts_on),
  add constraint bidding_counts check (
    pieces > 0 and instalments > 0 and attempt > 0 and reserve_price_fen >= 0 and deposit_fen >= 0
  ),
  -- No result without a competition (biddersMin in src/trade/bidding-machine.ts).
  add constraint bidding_competition check (
    winner_id is null or coalesce(bid_count >= 2 and winning_fen >= reserve_price_fen, false)
  ),
  add constraint bidding_result check (state not in ('opened', 'certified') or winner_id is not null),
  add constraint bidding_certified check (
    num_nulls(certificate_year, certificate_serial, certified_at) = case when state = 'certified' then 0 else 3 end
  );
--> statement-breakpoint
-- A bidder is seen by itself and by officials; by the seller once the bids are open, who is then among the parties.
select guard_business_table('bidder', 'sealed_bid');
--> statement-breakpoint
create policy visible on bidder for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on bidder using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table bidder
  add constraint bidder_bidding foreign key (bidding_id) references bidding (id),
  add constraint bidder_party foreign key (party_id) references party (id),
  add constraint bidder_deposit_way check (deposit_way in ('bank-transfer', 'bank-guarantee', 'cash')),
  add constraint bidder_confirmed check (
    num_nulls(deposit_reference, deposit_confirmed_at, is_member) in (0, 3)
  ),
  add constraint bidder_returned check (
    num_nulls(deposit_return_reference, deposit_returned_at) in (0, 2)
    and (deposit_returned_at is null or deposit_confirmed_at is not null)
  ),
  -- Nobody bids without a deposit, and no price stands in clear that was not sealed first.
  add constraint bidder_bid check (
    num_nulls(sealed_bid, bid_at) in (0, 2)
    and (sealed_bid is null or deposit_confirmed_at is not null)
    and (bid_fen is null or sealed_bid is not null)
  );
--> statement-breakpoint
select guard_business_table('bidding_objection');
--> statement-breakpoint
create policy visible on bidding_objection for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on bidding_objection using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table bidding_objection
  add constraint bidding_objection_bidding foreign key (bidding_id) references bidding (id),
  add constraint bidding_objection_party foreign key (party_id) references party (id),
  add constraint bidding_objection_state check (state in ('raised', 'dismissed', 'upheld')),
  add constraint bidding_objection_ruled check (
    num_nulls(ruling, ruled_at) = case when state = 'raised' then 2 else 0 end
  );
--> statement-breakpoint
alter table deal
  add constraint deal_bidding foreign key (bidding_id) references bidding (id),
  add constraint deal_way check (num_nulls(negotiation_id, bidding_id) > 0);
--> statement-breakpoint
alter table resource_booking
  add constraint resource_booking_bidding foreign key (bidding_id) references bidding (id),
  add constraint resource_booking_holder check (num_nulls(deal_id, bidding_id) = 1);
