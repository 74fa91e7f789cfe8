-- Tenancy. A statement sees the divisions from app.lo up to, not including, app.hi; unset, reset and forgotten see nothing.
-- app.audience narrows: 'division' (officials, the queue's workers) sees all there, 'public' what is published, a party's
-- id what is published and its own. The settings are wrapped in (select …) so that they are read once a statement.

select guard_business_table('api_key', 'hash');
--> statement-breakpoint
create policy tenant on api_key using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
select guard_business_table('party', 'contact_office', 'contact_phone');
--> statement-breakpoint
-- Legal persons are a public register, whole: an enterprise of one county may own an order in another. Only officials of
-- its division write it.
create policy register on party for select using ((select current_setting('app.audience', true)) <> '');
--> statement-breakpoint
create policy tenant on party using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
select guard_business_table('person', 'sealed', 'id_number_index', 'phone_index');
--> statement-breakpoint
create policy tenant on person using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
select guard_business_table('listing', 'search_grams', 'search_text', 'content_hash', 'row_key');
--> statement-breakpoint
create policy visible on listing for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or owner_id::text = (select current_setting('app.audience', true))
    or (is_public and status = 'published' and (select current_setting('app.audience', true)) <> '')
  )
);
--> statement-breakpoint
create policy tenant on listing using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or owner_id::text = (select current_setting('app.audience', true))
  )
);
--> statement-breakpoint
alter table listing
  add constraint listing_status check (status in ('draft', 'published', 'withdrawn')),
  add constraint listing_labour_is_private check (kind <> 'labour' or (not is_public and person_id is not null)),
  add constraint listing_person_is_labour check (person_id is null or kind = 'labour'),
  add constraint listing_point check (lng between 70 and 140 and lat between 0 and 60),
  add constraint listing_window check (available_to is null or available_from is null or available_to >= available_from),
  add constraint listing_owner foreign key (owner_id) references party (id),
  add constraint listing_person foreign key (person_id) references person (id);
--> statement-breakpoint
select guard_business_table('import_job', 'sealed_file', 'file_name');
--> statement-breakpoint
create policy tenant on import_job using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or requested_by = (select current_setting('app.actor', true))
  )
);
--> statement-breakpoint
alter table import_job
  add constraint import_job_status check (status in ('queued', 'running', 'done', 'refused', 'failed'));
--> statement-breakpoint
select guard_business_table('import_problem');
--> statement-breakpoint
create policy tenant on import_problem using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and import_id in (select id from import_job)
);
--> statement-breakpoint
select guard_business_table('proposal');
--> statement-breakpoint
create policy visible on proposal for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
  or (
    (select current_setting('app.audience', true)) = 'division'
    and exists (
      select from unnest(touches) as t (code)
      where t.code collate "C" >= (select current_setting('app.lo', true))
        and t.code collate "C" < (select current_setting('app.hi', true))
    )
  )
);
--> statement-breakpoint
create policy tenant on proposal using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table proposal
  add constraint proposal_status check (status in ('proposed', 'superseded', 'outdated')),
  add constraint proposal_share check (share in (1, 0.75, 0.5)),
  add constraint proposal_run check (ends_on > starts_on),
  add constraint proposal_order foreign key (order_id) references listing (id),
  add constraint proposal_round foreign key (round_id) references round (id);
--> statement-breakpoint
select guard_business_table('proposal_lot');
--> statement-breakpoint
create policy visible on proposal_lot for select using (
  (select current_setting('app.audience', true)) = any (party_ids::text[])
);
--> statement-breakpoint
create policy tenant on proposal_lot using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table proposal_lot add constraint proposal_lot_site foreign key (site_id) references listing (id);
--> statement-breakpoint
select guard_business_table('proposal_labour');
--> statement-breakpoint
create policy tenant on proposal_labour using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table proposal_labour
  add constraint proposal_labour_hours check (hours_per_week between 1 and 80);
--> statement-breakpoint
select guard_business_table('round', 'scenario');
--> statement-breakpoint
create policy tenant on round using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table round
  add constraint round_status check (status in ('queued', 'running', 'cancelling', 'done', 'cancelled', 'failed'));
--> statement-breakpoint
select guard_business_table('unmatched', 'account');
--> statement-breakpoint
create policy own on unmatched for select using (owner_id::text = (select current_setting('app.audience', true)));
--> statement-breakpoint
create policy tenant on unmatched using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table unmatched add constraint unmatched_subject check (subject in ('order', 'site', 'worker'));
--> statement-breakpoint
-- The audit trail can be added to and read, never changed: the service has no other grant on it. Number, instant and
-- transaction of an entry are the database's to say, so that nobody can date one back.
alter table audit_entry enable row level security;
--> statement-breakpoint
alter table audit_entry force row level security;
--> statement-breakpoint
grant select, insert (table_name, row_id, region, operation, actor, request_id, changed) on audit_entry to gongfang_app;
--> statement-breakpoint
create policy append on audit_entry for insert with check (true);
--> statement-breakpoint
create policy tenant on audit_entry for select using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
-- Platform tables without tenants: identities that wait for the queue, and public reference data.
grant select, insert, update on outbox to gongfang_app;
--> statement-breakpoint
grant select on division to gongfang_app;
--> statement-breakpoint
alter table audit_entry
  add constraint audit_entry_operation check (operation in ('insert', 'update', 'delete', 'read'));
--> statement-breakpoint
create trigger transaction_before_number before insert on audit_entry
  for each statement execute function begin_audit_transaction();
--> statement-breakpoint
-- Seals and checkpoints: hashes over all counties, added once and never changed.
grant select, insert on audit_seal, audit_checkpoint to gongfang_app;
--> statement-breakpoint
alter table audit_seal
  add constraint audit_seal_range check (
    number > 0 and entries > 0 and first_entry_id <= last_entry_id
    and cardinality(entry_ids) = entries and cardinality(entry_digests) = entries
  );
--> statement-breakpoint
alter table audit_checkpoint
  add constraint audit_checkpoint_seal foreign key (seal_number) references audit_seal (number);
--> statement-breakpoint
-- Privacy. A person is seen by officials of the division, and by himself: a household's audience lists its people's ids.
create policy own on person for select using (
  id::text = any (string_to_array((select current_setting('app.audience', true)), ' '))
);
--> statement-breakpoint
alter table person
  add constraint person_erased check (
    case when erased_at is null
      then sealed is not null and id_number_index is not null
      else sealed is null and id_number_index is null and phone_index is null and erased_for is not null
    end
  );
--> statement-breakpoint
select guard_business_table('consent');
--> statement-breakpoint
create policy tenant on consent using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table consent
  add constraint consent_channel check (channel in ('self', 'assisted', 'paper')),
  add constraint consent_assistant check (channel <> 'assisted' or assisted_by is not null),
  add constraint consent_withdrawn check (withdrawn_on >= given_on);
--> statement-breakpoint
select guard_business_table('disclosure', 'note');
--> statement-breakpoint
create policy tenant on disclosure using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
alter table disclosure
  add constraint disclosure_purpose check (
    purpose in ('arrange-work', 'pay-wages', 'verify-identity', 'correct-record', 'asked-by-person', 'inspection')
  );
--> statement-breakpoint
-- Keys of a county serve whoever acts in it or below it, signed in; they are wrapped, so reading them opens nothing.
select guard_business_table('county_key', 'wrapped');
--> statement-breakpoint
create policy tenant on county_key using (
  (
    region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
    or region = substr((select current_setting('app.lo', true)), 1, 6)
  )
  and (select current_setting('app.audience', true)) not in ('', 'public')
);
--> statement-breakpoint
alter table county_key
  add constraint county_key_purpose check (purpose in ('seal', 'index')),
  add constraint county_key_version check (version between 1 and 65535);
--> statement-breakpoint
-- Access. Nobody makes a key, or records a mandate, in the name of a party outside of his division or a person out of sight.
create policy party_in_sight on api_key as restrictive for insert with check (
  party_id is null or party_id in (
    select id from party
    where region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  )
);
--> statement-breakpoint
alter table api_key add constraint api_key_party foreign key (party_id) references party (id);
--> statement-breakpoint
-- Read and written by the sign-in of every key, for all divisions at once; a key's id and a minute, nothing else.
grant select, insert, update on api_key_use to gongfang_app;
--> statement-breakpoint
alter table api_key_use add constraint api_key_use_key foreign key (key_id) references api_key (id);
--> statement-breakpoint
select guard_business_table('mandate', 'proof');
--> statement-breakpoint
create policy tenant on mandate using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or grantor_party_id::text = (select current_setting('app.audience', true))
  )
);
--> statement-breakpoint
create policy grantor_in_sight on mandate as restrictive for insert with check (
  (
    grantor_party_id is null
    or grantor_party_id in (
      select id from party
      where region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
    )
  )
  and (grantor_person_id is null or grantor_person_id in (select id from person))
);
--> statement-breakpoint
alter table mandate
  add constraint mandate_party foreign key (grantor_party_id) references party (id),
  add constraint mandate_person foreign key (grantor_person_id) references person (id);
--> statement-breakpoint
select guard_business_table('division_grant');
--> statement-breakpoint
create policy tenant on division_grant using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
create policy own on division_grant for select using (
  grantee_party_id::text = (select current_setting('app.audience', true))
);
--> statement-breakpoint
alter table division_grant add constraint division_grant_party foreign key (grantee_party_id) references party (id);
--> statement-breakpoint
select guard_business_table('sms_code', 'sealed', 'phone_index', 'address_index', 'code_index');
--> statement-breakpoint
create policy tenant on sms_code using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
select guard_business_table('household_session', 'token_hash');
--> statement-breakpoint
create policy tenant on household_session using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
select guard_business_table('local_message', 'sealed');
--> statement-breakpoint
create policy tenant on local_message using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
-- What is written down of the people of a household, or of the person that a delegate acts for.
create policy own on listing using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and person_id::text = any (string_to_array((select current_setting('app.audience', true)), ' '))
);
