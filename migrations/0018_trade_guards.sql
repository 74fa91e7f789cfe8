-- Trade. Both sides see what is between them, wherever they are; officials see what lies in their division. It is written in the
-- scope of the resource's county (src/trade/reach.ts).
select guard_business_table('negotiation');
--> statement-breakpoint
create policy visible on negotiation for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on negotiation using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table negotiation
  add constraint negotiation_listing foreign key (listing_id) references listing (id),
  add constraint negotiation_seller foreign key (seller_id) references party (id),
  add constraint negotiation_buyer foreign key (buyer_id) references party (id),
  add constraint negotiation_two_sides check (seller_id <> buyer_id),
  add constraint negotiation_parties check (party_ids = array[seller_id, buyer_id]),
  add constraint negotiation_state check (
    state in ('inquired', 'offered', 'agreed', 'refused', 'withdrawn', 'expired')
  ),
  add constraint negotiation_turn check (turn in ('seller', 'buyer')),
  add constraint negotiation_period check (ends_on >= starts_on),
  add constraint negotiation_pieces check (pieces > 0);
--> statement-breakpoint
select guard_business_table('negotiation_offer');
--> statement-breakpoint
create policy visible on negotiation_offer for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on negotiation_offer using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table negotiation_offer
  add constraint negotiation_offer_negotiation foreign key (negotiation_id) references negotiation (id),
  add constraint negotiation_offer_side check (side in ('seller', 'buyer')),
  add constraint negotiation_offer_period check (ends_on >= starts_on),
  add constraint negotiation_offer_pieces check (pieces > 0),
  add constraint negotiation_offer_price check (price_fen >= 0 and instalments > 0);
--> statement-breakpoint
select guard_business_table('deal');
--> statement-breakpoint
create policy visible on deal for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on deal using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table deal
  add constraint deal_listing foreign key (listing_id) references listing (id),
  add constraint deal_negotiation foreign key (negotiation_id) references negotiation (id),
  add constraint deal_mandate foreign key (mandate_id) references mandate (id),
  add constraint deal_seller foreign key (seller_id) references party (id),
  add constraint deal_buyer foreign key (buyer_id) references party (id),
  add constraint deal_two_sides check (seller_id <> buyer_id),
  add constraint deal_parties check (party_ids = array[seller_id, buyer_id]),
  add constraint deal_state check (state in ('in-use', 'ended')),
  add constraint deal_period check (ends_on >= starts_on),
  add constraint deal_pieces check (pieces > 0),
  add constraint deal_price check (price_fen >= 0 and instalments > 0);
--> statement-breakpoint
-- A listing's id as a range of one value: ranges have an operator class for GiST of their own, so the constraint below needs no
-- extension, and it compares ids, not hashes of them.
create type uuid_range as range (subtype = uuid);
--> statement-breakpoint
select guard_business_table('resource_booking');
--> statement-breakpoint
create policy calendar on resource_booking for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) <> ''
);
--> statement-breakpoint
create policy tenant on resource_booking using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table resource_booking
  add constraint resource_booking_listing foreign key (listing_id) references listing (id),
  add constraint resource_booking_something check (
    not isempty(pieces) and not isempty(during)
    and not lower_inf(pieces) and not upper_inf(pieces) and not lower_inf(during) and not upper_inf(during)
  ),
  add constraint resource_booking_no_double exclude using gist (
    uuid_range(listing_id, listing_id, '[]') with &&, pieces with &&, during with &&
  );
--> statement-breakpoint
alter table mandate
  add constraint mandate_subject foreign key (listing_id) references listing (id),
  add constraint mandate_over_listing check (listing_id is null or (grantor_role = 'household' and matters = '{trades:write}'));
