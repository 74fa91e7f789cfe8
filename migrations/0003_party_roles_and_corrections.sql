ALTER TABLE "party" ADD COLUMN "acts_as" text GENERATED ALWAYS AS (case when kind in ('collective', 'village-committee') then 'collective'
                            when kind in ('enterprise', 'sole-trader', 'cooperative', 'social-org') then 'enterprise' end) STORED;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "party_acts_as" ON "party" USING btree ("id","acts_as");--> statement-breakpoint
ALTER TABLE "import_job" DROP COLUMN "file_name";