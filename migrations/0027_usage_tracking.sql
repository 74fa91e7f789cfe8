CREATE TABLE "rent_payment" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"deal_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"amount_fen" bigint NOT NULL,
	"paid_on" date NOT NULL,
	"reference" text NOT NULL,
	"reverses_id" uuid,
	"by_role" text NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"deal_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"kind" text NOT NULL,
	"since" date NOT NULL,
	"amount_fen" bigint,
	"check_in_id" uuid,
	"raised_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "usage_check_in" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"deal_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"found" text NOT NULL,
	"use_found" text,
	"note" text,
	"photo_sha256" text,
	"by_role" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bidding" ADD COLUMN "owes_media_notice" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "bidding" ADD COLUMN "medium" text;--> statement-breakpoint
ALTER TABLE "bidding" ADD COLUMN "media_noticed_on" date;--> statement-breakpoint
ALTER TABLE "deal" ADD COLUMN "ending_side" text;--> statement-breakpoint
ALTER TABLE "deal" ADD COLUMN "ending_reason" text;--> statement-breakpoint
ALTER TABLE "deal" ADD COLUMN "ended_on" date;--> statement-breakpoint
ALTER TABLE "deal" ADD COLUMN "ended_by" text;--> statement-breakpoint
CREATE INDEX "rent_payment_page" ON "rent_payment" USING btree ("deal_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "rent_payment_reversed_once" ON "rent_payment" USING btree ("reverses_id");--> statement-breakpoint
CREATE UNIQUE INDEX "usage_alert_standing" ON "usage_alert" USING btree ("deal_id","kind") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "usage_alert_region" ON "usage_alert" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "usage_alert_parties" ON "usage_alert" USING gin ("party_ids");--> statement-breakpoint
CREATE INDEX "usage_alert_check_in" ON "usage_alert" USING btree ("check_in_id");--> statement-breakpoint
CREATE INDEX "usage_check_in_page" ON "usage_check_in" USING btree ("deal_id","id");--> statement-breakpoint
CREATE INDEX "deal_running" ON "deal" USING btree ("id") WHERE state <> 'ended';