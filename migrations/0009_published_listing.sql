CREATE TABLE "published_listing" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"kind" text NOT NULL,
	"owner_id" uuid,
	"position" "point" NOT NULL,
	"available_from" date,
	"available_to" date,
	"price" bigint,
	"search_text" text NOT NULL,
	"terms" text[] NOT NULL,
	"published_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "price" bigint;--> statement-breakpoint
CREATE INDEX "published_listing_terms" ON "published_listing" USING gin ("terms");--> statement-breakpoint
CREATE INDEX "published_listing_position" ON "published_listing" USING gist ("position");--> statement-breakpoint
CREATE INDEX "published_listing_freshness" ON "published_listing" USING btree ("published_at","id");--> statement-breakpoint
CREATE INDEX "published_listing_price" ON "published_listing" USING btree ("kind","price","id");