// The sample county in databases of a server of its own, to search in. Enters: nothing, or how many listings. Leaves: a service on
// the public lists as they are imported, or on so many rows made of them: the same words in the same shares, in no order.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { exampleFiles } from '../../../examples/qujiang/files.ts';
import { startEmbeddedPostgres } from '../../../src/platform/embedded-postgres/index.ts';
import { setUpDatabase } from '../../../src/start.ts';
import { county } from '../../../test/support/builders.ts';
import type { Import } from '../../../test/support/answers.ts';
import { startService, type Service } from '../../../test/support/service.ts';

export interface Server {
  url: string;
  stop(): Promise<void>;
}

export async function startServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'gongfang-bench-'));
  // What is imported need not survive; reading is as it is anywhere.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, temporary: true, settings });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function onDatabase<Row extends object>(server: Server, name: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: urlOf(server, name) });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

const urlOf = (server: Server, name: string) => {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
};

export async function openService(server: Server, name: string): Promise<Service> {
  const url = urlOf(server, name);
  return startService({
    place: { database: { url, drop: async () => {} }, lane: { kind: 'postgres' } },
    // Rounds and alerts over what was imported are measured elsewhere.
    reactions: { 'import.completed': [], 'listing.changed': [] },
  });
}

/** Everything of the sample county that the public may see, through the API. */
export async function importCounty(server: Server, name: string): Promise<void> {
  await onDatabase(server, 'postgres', `create database ${name}`);
  await setUpDatabase(urlOf(server, name));
  const service = await openService(server, name);
  const official = await service.signIn({ role: 'official', divisionCode: county });
  for (const { fileName, sheetId } of exampleFiles) {
    if (sheetId === 'labour') continue;
    const bytes = await readFile(new URL(`../../../examples/qujiang/${fileName}`, import.meta.url));
    const { id } = await official.upload<Import>(`/v1/imports?sheet=${sheetId}&division=${county}&publish=true`, bytes);
    await service.drain();
    const { status } = await official.get<Import>(`/v1/imports/${id}`);
    if (status !== 'done') throw new Error(`${fileName}: ${status}`);
  }
  await service.close();
  await onDatabase(server, name, 'vacuum analyze');
}

/** A copy of the county whose listings are repeated until there are so many; none of the first is left. */
export async function repeatCounty(server: Server, from: string, name: string, listings: number): Promise<void> {
  await onDatabase(server, 'postgres', `create database ${name} template ${from}`);
  await onDatabase(
    server,
    name,
    `
    alter table listing disable trigger user;
    create temporary table original as select * from listing where is_public and status = 'published';
    delete from listing; delete from listing_change;
    truncate published_listing;
    drop index published_listing_terms, listing_search;
    alter table listing enable trigger publish_insert;
    insert into listing (id, region, kind, status, is_public, title, attributes, owner_id, row_key, lng, lat, coord_source,
                         stated_point, available_from, available_to, price, search_text, content_hash, published_at)
    select gen_random_uuid(), region, kind, status, is_public, title, attributes, owner_id, row_key || ' ' || copy, lng, lat,
           coord_source, stated_point, available_from, available_to, price, search_text, content_hash,
           timestamptz '2026-01-01' + row_number() over (order by hash) * interval '1 second'
    from (
      select original.*, copy, md5(id::text || copy) as hash
      from original, generate_series(1, ceil(${listings}.0 / (select count(*) from original))::int) as copy
      order by hash limit ${listings}
    ) as repeated;
    alter table listing enable trigger user;
    create index published_listing_terms on published_listing using gin (terms) with (fastupdate = off);
    create index listing_search on listing using gin (search_grams);
    drop table original;`,
  );
  await onDatabase(server, name, 'vacuum analyze');
}
