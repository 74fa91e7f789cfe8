CREATE TABLE "collective_decision" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"listing_id" uuid NOT NULL,
	"held_on" date NOT NULL,
	"body" text NOT NULL,
	"due" integer NOT NULL,
	"present" integer NOT NULL,
	"in_favour" integer NOT NULL,
	"minutes" text NOT NULL,
	"publicity_from" date,
	"publicity_to" date
);
--> statement-breakpoint
CREATE TABLE "listing_transition" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"listing_id" uuid NOT NULL,
	"machine" text NOT NULL,
	"action" text NOT NULL,
	"from_status" text NOT NULL,
	"to_status" text NOT NULL,
	"by_role" text NOT NULL,
	"reason" text,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outdated_report" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"listing_id" uuid NOT NULL,
	"reporter" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trade_policy" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"valid_from" date NOT NULL,
	"source" text NOT NULL,
	"terms" jsonb NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "machine" text DEFAULT 'listing-v1' NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "publicity_until" date;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "dormant_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "confirmed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "collective_decision" ADD CONSTRAINT "collective_decision_listing_id_listing_id_fk" FOREIGN KEY ("listing_id") REFERENCES "public"."listing"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listing_transition" ADD CONSTRAINT "listing_transition_listing_id_listing_id_fk" FOREIGN KEY ("listing_id") REFERENCES "public"."listing"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outdated_report" ADD CONSTRAINT "outdated_report_listing_id_listing_id_fk" FOREIGN KEY ("listing_id") REFERENCES "public"."listing"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "collective_decision_listing" ON "collective_decision" USING btree ("listing_id");--> statement-breakpoint
CREATE INDEX "listing_transition_listing" ON "listing_transition" USING btree ("listing_id","at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "outdated_report_once" ON "outdated_report" USING btree ("listing_id","reporter");--> statement-breakpoint
CREATE INDEX "outdated_report_reporter" ON "outdated_report" USING btree ("reporter","at");--> statement-breakpoint
CREATE UNIQUE INDEX "trade_policy_day" ON "trade_policy" USING btree ("region","valid_from");