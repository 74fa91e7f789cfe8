CREATE TABLE "api_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"client_id" uuid NOT NULL,
	"slot" smallint DEFAULT 1 NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"label" text NOT NULL,
	"role" text NOT NULL,
	"scopes" text[] DEFAULT '{}' NOT NULL,
	"ip_ranges" text[] DEFAULT '{}' NOT NULL,
	"division_code" text COLLATE "C",
	"party_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_key_slot" CHECK ("api_key"."slot" in (1, 2)),
	CONSTRAINT "api_key_auditor_expires" CHECK ("api_key"."role" <> 'auditor' or "api_key"."expires_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "api_key_use" (
	"key_id" uuid PRIMARY KEY NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "division_grant" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"grantee" text,
	"grantee_party_id" uuid,
	"permissions" text[] NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone NOT NULL,
	"recorded_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "division_grant_term" CHECK ("division_grant"."valid_to" > "division_grant"."valid_from"),
	CONSTRAINT "division_grant_one_grantee" CHECK (("division_grant"."grantee" is null) <> ("division_grant"."grantee_party_id" is null))
);
--> statement-breakpoint
CREATE TABLE "household_session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"token_hash" text NOT NULL,
	"person_ids" uuid[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "local_message" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"sealed" "sealed" NOT NULL,
	"sent_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mandate" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"grantor_role" text NOT NULL,
	"grantor_party_id" uuid,
	"grantor_person_id" uuid,
	"delegate" text NOT NULL,
	"matters" text[] NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone NOT NULL,
	"proof" text NOT NULL,
	"recorded_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "mandate_term" CHECK ("mandate"."valid_to" > "mandate"."valid_from"),
	CONSTRAINT "mandate_grantor" CHECK (("mandate"."grantor_role" = 'household') = ("mandate"."grantor_person_id" is not null)
          and ("mandate"."grantor_role" <> 'household') = ("mandate"."grantor_party_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "sms_code" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"phone_index" text NOT NULL,
	"address_index" text NOT NULL,
	"sealed" "sealed",
	"code_index" text,
	"division_code" text COLLATE "C",
	"person_ids" uuid[] DEFAULT '{}' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "sms_code_attempts" CHECK ("sms_code"."attempts" between 0 and 5)
);
--> statement-breakpoint
CREATE TABLE "import_job" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"sheet" text NOT NULL,
	"file_name" text NOT NULL,
	"file_hash" text NOT NULL,
	"sealed_file" "sealed",
	"is_dry_run" boolean NOT NULL,
	"takes_partly" boolean NOT NULL,
	"publishes" boolean NOT NULL,
	"status" text NOT NULL,
	"requested_by" text NOT NULL,
	"only_owner_id" uuid,
	"rows_read" integer DEFAULT 0 NOT NULL,
	"counts" jsonb,
	"warnings" jsonb,
	"failure" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "import_problem" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"import_id" uuid NOT NULL,
	"row_number" integer NOT NULL,
	"column_name" text NOT NULL,
	"cell" text NOT NULL,
	"code" text NOT NULL,
	"message" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "listing" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"county" text COLLATE "C" GENERATED ALWAYS AS (substr(region, 1, 6)) STORED NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"is_public" boolean NOT NULL,
	"title" text NOT NULL,
	"attributes" jsonb NOT NULL,
	"owner_id" uuid,
	"person_id" uuid,
	"row_key" text NOT NULL,
	"lng" double precision NOT NULL,
	"lat" double precision NOT NULL,
	"coord_source" text NOT NULL,
	"available_from" date,
	"available_to" date,
	"search_text" text NOT NULL,
	"search_grams" text[] GENERATED ALWAYS AS (zh_bigrams(search_text)) STORED NOT NULL,
	"content_hash" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"import_id" uuid,
	"published_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "round" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"status" text NOT NULL,
	"cause" text NOT NULL,
	"requested_by" text NOT NULL,
	"as_of" date NOT NULL,
	"seed" integer NOT NULL,
	"moves" integer,
	"policy" jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"stage" text,
	"progress_done" integer DEFAULT 0 NOT NULL,
	"progress_of" integer DEFAULT 0 NOT NULL,
	"engine" text,
	"input_hash" text,
	"scenario" "bytea",
	"summary" jsonb,
	"failure" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "unmatched" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"round_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"listing_id" uuid NOT NULL,
	"owner_id" uuid,
	"cause" text NOT NULL,
	"account" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consent" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"person_id" uuid NOT NULL,
	"text_version" text NOT NULL,
	"channel" text NOT NULL,
	"assisted_by" text,
	"given_on" date NOT NULL,
	"withdrawn_on" date,
	"recorded_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "disclosure" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"person_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"note" "sealed",
	"disclosed_to" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "party" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"uscc" text NOT NULL,
	"contact_office" text NOT NULL,
	"contact_phone" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"sealed" "sealed",
	"id_number_index" text,
	"phone_index" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"erased_at" timestamp with time zone,
	"erased_for" text
);
--> statement-breakpoint
CREATE TABLE "county_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"purpose" text NOT NULL,
	"version" integer NOT NULL,
	"suite" text NOT NULL,
	"wrapped" "bytea" NOT NULL,
	"kek_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "audit_checkpoint" (
	"seal_number" bigint PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"key_id" text NOT NULL,
	"signature" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_entry_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
	"table_name" text NOT NULL,
	"row_id" uuid NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"operation" text NOT NULL,
	"actor" text NOT NULL,
	"request_id" text NOT NULL,
	"changed" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_seal" (
	"number" bigint PRIMARY KEY NOT NULL,
	"first_entry_id" bigint NOT NULL,
	"last_entry_id" bigint NOT NULL,
	"entries" integer NOT NULL,
	"entry_ids" bigint[] NOT NULL,
	"entry_digests" "bytea"[] NOT NULL,
	"hash" "bytea" NOT NULL,
	"sealed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event" text NOT NULL,
	"reaction" text NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"available_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"done_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"parked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "proposal" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"round_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"status" text NOT NULL,
	"touches" text[] NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"share" double precision NOT NULL,
	"start_week" integer NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"value_fen" double precision NOT NULL,
	"breakdown" jsonb NOT NULL,
	"reasons" jsonb NOT NULL,
	"conditions" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "proposal_labour" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"lot_id" uuid NOT NULL,
	"worker_id" uuid NOT NULL,
	"skill" text NOT NULL,
	"hours_per_week" integer NOT NULL,
	"is_home" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "proposal_lot" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"proposal_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"is_home" boolean NOT NULL,
	"labour" jsonb NOT NULL,
	"wage_fen" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "division" (
	"code" text COLLATE "C" PRIMARY KEY NOT NULL,
	"parent_code" text COLLATE "C",
	"official_name" text NOT NULL,
	"short_name" text NOT NULL,
	"aliases" text[] NOT NULL,
	"pinyin" text NOT NULL,
	"initials" text NOT NULL,
	"lng" double precision NOT NULL,
	"lat" double precision NOT NULL,
	"coord_source" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"successor_code" text COLLATE "C"
);
--> statement-breakpoint
ALTER TABLE "import_problem" ADD CONSTRAINT "import_problem_import_id_import_job_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."import_job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unmatched" ADD CONSTRAINT "unmatched_round_id_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent" ADD CONSTRAINT "consent_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disclosure" ADD CONSTRAINT "disclosure_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposal_labour" ADD CONSTRAINT "proposal_labour_lot_id_proposal_lot_id_fk" FOREIGN KEY ("lot_id") REFERENCES "public"."proposal_lot"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposal_lot" ADD CONSTRAINT "proposal_lot_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_hash" ON "api_key" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_two_live" ON "api_key" USING btree ("client_id","slot") WHERE "api_key"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "api_key_region" ON "api_key" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "division_grant_region" ON "division_grant" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "division_grant_grantee" ON "division_grant" USING btree ("grantee");--> statement-breakpoint
CREATE INDEX "division_grant_party" ON "division_grant" USING btree ("grantee_party_id");--> statement-breakpoint
CREATE UNIQUE INDEX "household_session_token" ON "household_session" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "mandate_region" ON "mandate" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "sms_code_phone" ON "sms_code" USING btree ("phone_index","requested_at");--> statement-breakpoint
CREATE INDEX "sms_code_address" ON "sms_code" USING btree ("address_index","requested_at");--> statement-breakpoint
CREATE INDEX "import_job_file" ON "import_job" USING btree ("file_hash","sheet");--> statement-breakpoint
CREATE INDEX "import_job_region" ON "import_job" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "import_problem_import" ON "import_problem" USING btree ("import_id","row_number","id");--> statement-breakpoint
CREATE UNIQUE INDEX "listing_row_key" ON "listing" USING btree ("kind","row_key","county");--> statement-breakpoint
CREATE INDEX "listing_region" ON "listing" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "listing_kind" ON "listing" USING btree ("kind","status","id");--> statement-breakpoint
CREATE INDEX "listing_search" ON "listing" USING gin ("search_grams");--> statement-breakpoint
CREATE INDEX "listing_owner" ON "listing" USING btree ("owner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "round_one_queued" ON "round" USING btree ("region") WHERE status = 'queued';--> statement-breakpoint
CREATE UNIQUE INDEX "round_one_running" ON "round" USING btree ("region") WHERE status in ('running', 'cancelling');--> statement-breakpoint
CREATE INDEX "round_region" ON "round" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "unmatched_round" ON "unmatched" USING btree ("round_id","subject","id");--> statement-breakpoint
CREATE INDEX "unmatched_listing" ON "unmatched" USING btree ("listing_id","round_id");--> statement-breakpoint
CREATE UNIQUE INDEX "consent_given" ON "consent" USING btree ("person_id","given_on","text_version","channel");--> statement-breakpoint
CREATE INDEX "disclosure_person" ON "disclosure" USING btree ("person_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "party_uscc" ON "party" USING btree ("uscc");--> statement-breakpoint
CREATE UNIQUE INDEX "person_id_number" ON "person" USING btree ("id_number_index");--> statement-breakpoint
CREATE INDEX "person_phone" ON "person" USING btree ("phone_index");--> statement-breakpoint
CREATE UNIQUE INDEX "county_key_version" ON "county_key" USING btree ("region","purpose","version");--> statement-breakpoint
CREATE INDEX "audit_entry_row" ON "audit_entry" USING btree ("row_id","id");--> statement-breakpoint
CREATE INDEX "audit_entry_region" ON "audit_entry" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "audit_entry_actor" ON "audit_entry" USING btree ("actor","id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_seal_last_entry" ON "audit_seal" USING btree ("last_entry_id");--> statement-breakpoint
CREATE INDEX "outbox_undone" ON "outbox" USING btree ("available_at") WHERE "outbox"."done_at" is null and "outbox"."parked_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "proposal_open_order" ON "proposal" USING btree ("order_id") WHERE status = 'proposed';--> statement-breakpoint
CREATE INDEX "proposal_round" ON "proposal" USING btree ("round_id","id");--> statement-breakpoint
CREATE INDEX "proposal_region" ON "proposal" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "proposal_parties" ON "proposal" USING gin ("party_ids");--> statement-breakpoint
CREATE INDEX "proposal_labour_lot" ON "proposal_labour" USING btree ("lot_id");--> statement-breakpoint
CREATE INDEX "proposal_labour_worker" ON "proposal_labour" USING btree ("worker_id");--> statement-breakpoint
CREATE INDEX "proposal_lot_proposal" ON "proposal_lot" USING btree ("proposal_id");--> statement-breakpoint
CREATE INDEX "proposal_lot_site" ON "proposal_lot" USING btree ("site_id");--> statement-breakpoint
CREATE INDEX "division_parent" ON "division" USING btree ("parent_code","code");