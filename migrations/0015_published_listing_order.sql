-- A copy: filled again once its functions know the new column. Truncating asks no policy.
TRUNCATE "published_listing";--> statement-breakpoint
DROP INDEX "published_listing_freshness";--> statement-breakpoint
DROP INDEX "published_listing_terms";--> statement-breakpoint
ALTER TABLE "published_listing" ADD COLUMN "number" bigint NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "published_listing_number" ON "published_listing" USING btree ("number");--> statement-breakpoint
CREATE INDEX "published_listing_terms" ON "published_listing" USING gin ("terms") WITH (fastupdate=false);
