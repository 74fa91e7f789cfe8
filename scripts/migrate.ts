// Brings the database to the current schema: once per deployment, before API and workers start.

import { readConfig } from '../src/platform/config.ts';
import { failStart, setUpDatabase } from '../src/start.ts';

try {
  const { migrationDatabaseUrl, databaseUrl } = readConfig(process.env);
  const url = migrationDatabaseUrl ?? databaseUrl;
  if (!url) throw new Error('Set MIGRATION_DATABASE_URL (or DATABASE_URL) to the login that owns the tables.');
  await setUpDatabase(url);
  console.log('数据库已就绪 · the database is up to date');
} catch (error) {
  failStart(error);
}
