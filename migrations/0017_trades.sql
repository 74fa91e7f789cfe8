CREATE TABLE "deal" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"listing_id" uuid NOT NULL,
	"negotiation_id" uuid,
	"seller_id" uuid NOT NULL,
	"buyer_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"state" text NOT NULL,
	"intended_use" text,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"pieces" integer NOT NULL,
	"price_fen" bigint NOT NULL,
	"instalments" integer NOT NULL,
	"conditions" jsonb NOT NULL,
	"mandate_id" uuid,
	"concluded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "negotiation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"listing_id" uuid NOT NULL,
	"seller_id" uuid NOT NULL,
	"buyer_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"state" text NOT NULL,
	"turn" text NOT NULL,
	"intended_use" text,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"pieces" integer NOT NULL,
	"conditions" jsonb NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "negotiation_offer" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"negotiation_id" uuid NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"number" integer NOT NULL,
	"side" text NOT NULL,
	"offered_by" text NOT NULL,
	"intended_use" text,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"pieces" integer NOT NULL,
	"price_fen" bigint NOT NULL,
	"instalments" integer NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resource_booking" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"listing_id" uuid NOT NULL,
	"deal_id" uuid,
	"pieces" "int4range" NOT NULL,
	"during" daterange NOT NULL
);
--> statement-breakpoint
ALTER TABLE "mandate" ADD COLUMN "listing_id" uuid;--> statement-breakpoint
CREATE INDEX "deal_region" ON "deal" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "deal_parties" ON "deal" USING gin ("party_ids");--> statement-breakpoint
CREATE INDEX "deal_listing" ON "deal" USING btree ("listing_id");--> statement-breakpoint
CREATE UNIQUE INDEX "deal_once" ON "deal" USING btree ("negotiation_id");--> statement-breakpoint
CREATE INDEX "negotiation_region" ON "negotiation" USING btree ("region","id");--> statement-breakpoint
CREATE INDEX "negotiation_parties" ON "negotiation" USING gin ("party_ids");--> statement-breakpoint
CREATE INDEX "negotiation_listing" ON "negotiation" USING btree ("listing_id");--> statement-breakpoint
CREATE INDEX "negotiation_due" ON "negotiation" USING btree ("expires_at") WHERE state in ('inquired', 'offered');--> statement-breakpoint
CREATE UNIQUE INDEX "negotiation_offer_number" ON "negotiation_offer" USING btree ("negotiation_id","number");--> statement-breakpoint
CREATE INDEX "resource_booking_deal" ON "resource_booking" USING btree ("deal_id");--> statement-breakpoint
CREATE INDEX "mandate_listing" ON "mandate" USING btree ("listing_id");