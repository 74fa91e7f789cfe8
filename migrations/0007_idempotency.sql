CREATE TABLE "idempotency_key" (
	"id" "bytea" PRIMARY KEY NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"sealed_answer" "bytea",
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "idempotency_key_created" ON "idempotency_key" USING btree ("created_at");
--> statement-breakpoint
-- Read and written by the calls of every division; nothing in it can be found or opened without the caller's own key.
grant select, insert, delete, update (sealed_answer) on idempotency_key to gongfang_app;
