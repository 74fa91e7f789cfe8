CREATE TABLE "saved_search" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"saved_by" text NOT NULL,
	"name" text NOT NULL,
	"query" jsonb NOT NULL,
	"after" bigint NOT NULL,
	"overflowed_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"saved_search_id" uuid NOT NULL,
	"saved_by" text NOT NULL,
	"listing_id" uuid NOT NULL,
	"listing_version" integer NOT NULL,
	"number" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "facets" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "published_listing" ADD COLUMN "facets" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "search_alert" ADD CONSTRAINT "search_alert_saved_search_id_saved_search_id_fk" FOREIGN KEY ("saved_search_id") REFERENCES "public"."saved_search"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "saved_search_owner" ON "saved_search" USING btree ("saved_by","id");--> statement-breakpoint
CREATE UNIQUE INDEX "search_alert_once" ON "search_alert" USING btree ("saved_search_id","number");--> statement-breakpoint
CREATE INDEX "search_alert_page" ON "search_alert" USING btree ("saved_search_id","id");--> statement-breakpoint
CREATE INDEX "listing_import" ON "listing" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "published_listing_price_sample" ON "published_listing" USING btree ("kind","price") WHERE number % 64 = 0;