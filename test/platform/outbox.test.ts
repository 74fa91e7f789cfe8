// The promise between rooms: what was told is done, at least once and with one effect, whatever breaks in between; what was not
// committed was never told.

import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import type { Context } from '../../src/platform/context.ts';
import { platformScope } from '../../src/platform/database.ts';
import { countOutbox, offerDueRows } from '../../src/platform/outbox.ts';
import { queueLane } from '../support/redis.ts';
import { startService, type Service, type ServiceOptions } from '../support/service.ts';
import { until } from '../support/until.ts';

let service: Service;
afterEach(() => service.close());

const scope = platformScope('story');

/** A service in which a changed listing has one effect: its id is noted. */
async function startNoting(
  options: ServiceOptions & { before?: (id: string, context: Context) => Promise<void> | void } = {},
): Promise<string[]> {
  const noted: string[] = [];
  const { before, ...rest } = options;
  service = await startService({
    offerAgainSeconds: 0.05,
    ...rest,
    reactions: {
      'listing.changed': [
        {
          name: 'story.note',
          async run(context, { listingId }) {
            await before?.(listingId, context);
            noted.push(listingId);
          },
        },
      ],
    },
  });
  return noted;
}

const tell = (listingId: string, options?: { delaySeconds?: number }) =>
  service.context.db.inScope(scope, (tx) =>
    service.context.outbox.tell(tx, { type: 'listing.changed', region: '330803', payload: { listingId } }, options),
  );

test('what was told is reacted to once', async () => {
  const noted = await startNoting();
  for (const id of ['a', 'b', 'c']) await tell(id);
  await service.drain();
  expect(noted.sort()).toEqual(['a', 'b', 'c']);
});

test('what was told in a transaction that was rolled back never happened', async () => {
  const noted = await startNoting();
  const { db, outbox } = service.context;
  const work = db.inScope(scope, async (tx) => {
    await outbox.tell(tx, { type: 'listing.changed', region: '330803', payload: { listingId: 'undone' } });
    throw new Error('changed my mind');
  });
  await expect(work).rejects.toThrow('changed my mind');
  await tell('done');
  await service.drain();
  expect(noted).toEqual(['done']);
  expect(await service.rows('select id from outbox')).toHaveLength(1);
});

test('what is told while somebody begins to count is due, not later', async () => {
  await startNoting({ workers: false });
  const { db } = service.context;
  const counting = {
    ...db,
    inScope: ((scope, work) =>
      db.inScope(scope, async (tx) => {
        await tell('meanwhile');
        return work(tx);
      })) satisfies typeof db.inScope,
  };
  expect(await countOutbox(counting)).toEqual({ due: 1, later: 0, parked: 0 });
  await service.startWorkers();
  await service.drain();
});

test('what is told for later is not done before, by the clock of the database', async () => {
  const noted = await startNoting();
  service.clock.advance(10 * 365 * 86_400_000);
  await tell('later', { delaySeconds: 3_600 });
  await tell('now', { delaySeconds: 0 });
  await service.drain();
  expect(noted).toEqual(['now']);
  expect(await countOutbox(service.context.db)).toEqual({ due: 0, later: 1, parked: 0 });
  await service.rows('update outbox set available_at = now()');
  await service.drain();
  expect(noted).toEqual(['now', 'later']);
});

test('a reaction that fails is tried again until it succeeds, and the others go on meanwhile', async () => {
  let failures = 0;
  const noted = await startNoting({
    before(id) {
      if (id === 'shaky' && ++failures <= 3) throw new Error('not yet');
    },
  });
  await tell('shaky');
  await tell('steady');
  await service.drain();
  expect([noted.sort(), failures]).toEqual([['shaky', 'steady'], 4]);
  const [row] = await service.rows(`select attempts, last_error from outbox where payload ->> 'listingId' = 'shaky'`);
  expect(row).toEqual({ attempts: 3, last_error: null });
});

test('one that fails ten times is parked with its reason, is counted, and holds nobody up', async () => {
  let tries = 0;
  const noted = await startNoting({
    before(id) {
      if (id !== 'broken') return;
      tries += 1;
      throw new TypeError('no such workshop');
    },
  });
  await tell('broken');
  const parked = await until('the reaction is parked', async () => {
    const [row] = await service.rows('select attempts, last_error from outbox where parked_at is not null');
    return row;
  });
  expect(parked).toEqual({ attempts: 10, last_error: 'TypeError: no such workshop' });
  const ready = await service.visitor.get<{ outbox: object }>('/readyz');
  expect(ready.outbox).toEqual({ due: 0, later: 0, parked: 1 });
  expect(service.logged.filter((line) => line.includes('reaction parked'))).toHaveLength(1);

  await service.rows('update outbox set parked_at = null, done_at = now()');
  await tell('next');
  await service.drain();
  expect([noted, tries]).toEqual([['next'], 10]);
});

test('an event of a reaction that this version does not know is not lost silently', async () => {
  await startNoting();
  await service.rows(
    `insert into outbox (event, reaction, region, payload) values ('listing.changed', 'gone.reaction', '330803', '{}')`,
  );
  const failed = await until('it failed', async () => {
    const [row] = await service.rows<{ last_error: string }>('select last_error from outbox where attempts > 0');
    return row;
  });
  expect(failed.last_error).toContain('gone.reaction');
  await service.rows('update outbox set done_at = now()');
});

test('a bell that rings twice has one effect', async () => {
  const noted = await startNoting();
  await tell('once');
  await service.drain();
  const [{ id } = { id: '0' }] = await service.rows<{ id: string }>('select id from outbox');
  await service.doorbell.ring([Number(id)]);
  await service.doorbell.ring([Number(id), Number(id)]);
  await tell('afterwards');
  await service.drain();
  // Closing waits for whatever still rings.
  await service.stopWorkers();
  expect(noted).toEqual(['once', 'afterwards']);
});

test('losing everything the queue held is healed: what was rung for and is not done is rung for again', async () => {
  const noted = await startNoting({ workers: false });
  for (const id of ['a', 'b']) await tell(id);
  const { db } = service.context;
  const ring = () => offerDueRows(db, (rows) => service.doorbell.ring(rows.map((row) => row.id)));
  expect(await ring()).toBe(2);
  expect(await ring()).toBe(0);
  await loseQueue();
  await service.startWorkers();
  await service.drain();
  expect(noted.sort()).toEqual(['a', 'b']);
});

test('a job that is still there is not rung for twice, however often its row is offered', async () => {
  const noted = await startNoting({ workers: false });
  await tell('a');
  const { db } = service.context;
  const ring = () =>
    offerDueRows(db, (rows) => service.doorbell.ring(rows.map((row) => row.id)), { offerAgainSeconds: 0 });
  for (let times = 0; times < 4; times++) expect(await ring()).toBe(1);
  await service.startWorkers();
  await service.drain();
  expect(noted).toEqual(['a']);
});

test('while the queue cannot be reached, nothing is lost and the relay goes on trying', async () => {
  const noted = await startNoting();
  const ring = service.doorbell.ring.bind(service.doorbell);
  let refusals = 0;
  service.doorbell.ring = async () => {
    refusals += 1;
    throw new Error('the queue is away');
  };
  await tell('patient');
  await until('the relay was refused', async () => (refusals > 1 ? true : undefined));
  service.doorbell.ring = ring;
  await service.drain();
  expect(noted).toEqual(['patient']);
});

/** Everything of this service's queue and nothing else: as after a Redis that came back empty. */
async function loseQueue(): Promise<void> {
  const lane = queueLane();
  if (lane.kind === 'postgres') {
    const tables = await service.rows<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname = 'bullmq' and tablename !~ 'migration'`,
    );
    expect(tables.length).toBeGreaterThan(0);
    await service.rows(`truncate ${tables.map(({ name }) => name).join(', ')} cascade`);
    return;
  }
  const redis = new Redis(lane.url);
  const keys = await redis.keys(`${service.queuePrefix}:*`);
  expect(keys.length).toBeGreaterThan(0);
  await redis.unlink(keys);
  await redis.quit();
}
