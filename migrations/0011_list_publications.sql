CREATE TABLE "list_publication" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"list" text NOT NULL,
	"state" text NOT NULL,
	"number" integer,
	"as_of" date NOT NULL,
	"entry_count" integer NOT NULL,
	"entries_hash" text NOT NULL,
	"author" text NOT NULL,
	"author_region" text COLLATE "C" NOT NULL,
	"approver" text,
	"approver_region" text COLLATE "C",
	"reasons" text,
	"signed_text" text,
	"signature" "bytea",
	"public_key" text,
	"created_at" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "listing_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"change" text NOT NULL,
	"transaction_id" "xid8" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "publication_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region" text COLLATE "C" NOT NULL,
	"publication_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"listing_id" uuid,
	"listing_version" integer,
	"content" jsonb NOT NULL,
	"content_hash" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "publication_entry" ADD CONSTRAINT "publication_entry_publication_id_list_publication_id_fk" FOREIGN KEY ("publication_id") REFERENCES "public"."list_publication"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "list_publication_number" ON "list_publication" USING btree ("region","list","number");--> statement-breakpoint
CREATE UNIQUE INDEX "list_publication_standing" ON "list_publication" USING btree ("region","list") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "listing_change_order" ON "listing_change" USING btree ("transaction_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "publication_entry_subject" ON "publication_entry" USING btree ("publication_id","subject");--> statement-breakpoint
CREATE INDEX "publication_entry_page" ON "publication_entry" USING btree ("publication_id","id");