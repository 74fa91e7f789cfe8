CREATE TABLE "bidder" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"bidding_id" uuid NOT NULL,
	"party_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"deposit_way" text NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"is_member" boolean,
	"deposit_reference" text,
	"deposit_confirmed_at" timestamp with time zone,
	"deposit_return_reference" text,
	"deposit_returned_at" timestamp with time zone,
	"sealed_bid" "sealed",
	"bid_at" timestamp with time zone,
	"bid_fen" bigint
);
--> statement-breakpoint
CREATE TABLE "bidding" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"county" text COLLATE "C" GENERATED ALWAYS AS (substr(region, 1, 6)) STORED NOT NULL,
	"listing_id" uuid NOT NULL,
	"seller_id" uuid NOT NULL,
	"applied_by" text NOT NULL,
	"state" text NOT NULL,
	"attempt" integer NOT NULL,
	"previous_id" uuid,
	"intended_use" text,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"pieces" integer NOT NULL,
	"instalments" integer NOT NULL,
	"reserve_price_fen" bigint NOT NULL,
	"deposit_fen" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"noticed_at" timestamp with time zone,
	"closes_at" timestamp with time zone,
	"opened_at" timestamp with time zone,
	"bid_count" integer,
	"winner_id" uuid,
	"winning_fen" bigint,
	"public_until" timestamp with time zone,
	"reason" text,
	"certificate_year" integer,
	"certificate_serial" integer,
	"certified_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "bidding_objection" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"bidding_id" uuid NOT NULL,
	"party_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"state" text NOT NULL,
	"grounds" text NOT NULL,
	"ruling" text,
	"raised_at" timestamp with time zone NOT NULL,
	"ruled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "deal" ADD COLUMN "bidding_id" uuid;--> statement-breakpoint
ALTER TABLE "resource_booking" ADD COLUMN "bidding_id" uuid;--> statement-breakpoint
CREATE UNIQUE INDEX "bidder_once" ON "bidder" USING btree ("bidding_id","party_id");--> statement-breakpoint
CREATE INDEX "bidder_page" ON "bidder" USING btree ("bidding_id","id");--> statement-breakpoint
CREATE INDEX "bidder_parties" ON "bidder" USING gin ("party_ids");--> statement-breakpoint
CREATE INDEX "bidding_region" ON "bidding" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "bidding_seller" ON "bidding" USING btree ("seller_id");--> statement-breakpoint
CREATE UNIQUE INDEX "bidding_previous" ON "bidding" USING btree ("previous_id");--> statement-breakpoint
CREATE UNIQUE INDEX "bidding_certificate" ON "bidding" USING btree ("county","certificate_year","certificate_serial");--> statement-breakpoint
CREATE UNIQUE INDEX "bidding_open" ON "bidding" USING btree ("listing_id") WHERE state in ('applied', 'noticed', 'opened');--> statement-breakpoint
CREATE INDEX "bidding_objection_page" ON "bidding_objection" USING btree ("bidding_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "deal_once_bidden" ON "deal" USING btree ("bidding_id");--> statement-breakpoint
CREATE INDEX "resource_booking_bidding" ON "resource_booking" USING btree ("bidding_id");