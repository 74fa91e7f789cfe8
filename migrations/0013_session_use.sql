CREATE TABLE "household_session_use" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL
);
