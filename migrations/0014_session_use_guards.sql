-- Read and written by the sign-in of every household, for all divisions at once; a session's id and a minute, nothing else.
grant select, insert, update on household_session_use to gongfang_app;
--> statement-breakpoint
alter table household_session_use add constraint household_session_use_session
  foreign key (session_id) references household_session (id) on delete cascade;
--> statement-breakpoint
-- Sessions that stand already go on. Even the owner of the tables meets row-level security where it is forced.
alter table household_session no force row level security;
--> statement-breakpoint
insert into household_session_use select id, now() from household_session;
--> statement-breakpoint
alter table household_session force row level security;
