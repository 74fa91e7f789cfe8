import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate --name what-it-does` after a change of any tables.ts; what drizzle cannot say (row-level
// security, triggers, functions) is written by hand in a migration of its own (`--custom`).
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/**/tables.ts',
  out: './migrations',
});
