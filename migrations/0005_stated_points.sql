ALTER TABLE "listing" ADD COLUMN "stated_point" jsonb;
