-- The role of a key or mandate fits the kind of party it acts for: whatever the service does, and also when a party's kind is put
-- right afterwards. Where there is no party nothing is compared.
alter table api_key
  drop constraint api_key_party,
  add constraint api_key_party foreign key (party_id, role) references party (id, acts_as);
--> statement-breakpoint
alter table mandate
  drop constraint mandate_party,
  add constraint mandate_party foreign key (grantor_party_id, grantor_role) references party (id, acts_as);
