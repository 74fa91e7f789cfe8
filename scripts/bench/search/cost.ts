// What a search costs on many listings ÷ on few, over HTTP and in pages that PostgreSQL touches. Both databases stand on one server,
// and every question is asked of the one and the other in turn, so that whatever else the machine does meets both.

import type { Caller } from '../../../test/support/caller.ts';
import { onDatabase, openService, repeatCounty, type Server } from './county.ts';

const FEW = 10_000;
const MANY = 200_000;
const ROUNDS = 25;

const here = 'near=118.96,28.98';
const q = (words: string) => `q=${encodeURIComponent(words)}`;

/** What is asked, and how many of 10,000 listings hold it. */
const questions: Record<string, Record<string, string>> = {
  'search, freshest or title first': {
    everything: '',
    'a kind, 28 %': 'kind=land',
    'a village, 0.3 %': 'division=330803114242',
    'a word, 9 %': q('共富工坊'),
    'a word, 2 %': q('柑橘'),
    'a word and a kind': `${q('抛荒')}&kind=land`,
    'an everyday name, 0.3 %': q('湖仁'),
    'one character': q('竹'),
    'pinyin, in two': q('hu ren'),
    'two words': q('高家镇 农房'),
    'a word nobody says': q('飞船'),
    'around a place': here,
    'a word around a place': `${q('闲置')}&${here}`,
  },
  'sort=price': {
    'a kind, 28 %': 'kind=land&sort=price',
    'and a word, 2 %': `${q('抛荒')}&kind=land&sort=price`,
    'and a frequent word': `${q('出租')}&kind=venue&sort=price`,
    'and a village': 'division=330803114242&kind=land&sort=price',
    'and an everyday name': `${q('湖仁')}&kind=land&sort=price`,
  },
  'sort=distance': {
    everything: `${here}&sort=distance`,
    'a kind, 28 %': `${here}&kind=land&sort=distance`,
    'a word, 2 %': `${here}&${q('柑橘')}&sort=distance`,
    'a word, 9 %': `${here}&${q('共富工坊')}&sort=distance`,
    'within 100 km': `${here}&radiusKm=100&${q('柑橘')}&sort=distance`,
  },
  facets: {
    everything: '',
    'a kind, 28 %': 'kind=land',
    'a word, 9 %': q('共富工坊'),
    'a word, 2 %': q('柑橘'),
    'an everyday name, 0.3 %': q('湖仁'),
    'a word around a place': `${q('闲置')}&${here}`,
  },
};

export interface Cost {
  what: string;
  question: string;
  /** Milliseconds over HTTP, the median. */
  few: number;
  many: number;
  ratio: number;
  /** Pages of 8 kB that PostgreSQL touched, found in memory or not. */
  pages: { few: number; many: number };
}

export async function measureCosts(server: Server, from: string): Promise<Cost[]> {
  for (const [name, listings] of [
    ['few', FEW],
    ['many', MANY],
  ] as const) {
    await repeatCounty(server, from, name, listings);
    console.log(`${listings} listings stand`);
  }
  const costs = await compareCosts(server);
  for (const name of ['few', 'many']) await onDatabase(server, 'postgres', `drop database ${name} with (force)`);
  return costs;
}

export async function compareCosts(server: Server): Promise<Cost[]> {
  const services = [await openService(server, 'few'), await openService(server, 'many')] as const;
  const [few, many] = [services[0].visitor, services[1].visitor];
  const costs: Cost[] = [];
  for (const [what, asked] of Object.entries(questions)) {
    for (const [question, query] of Object.entries(asked)) {
      const url = `${what === 'facets' ? '/v1/listing-facets' : '/v1/listings'}?${query}`;
      const times: [number[], number[]] = [[], []];
      for (let round = -3; round < ROUNDS; round += 1) {
        for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
          const took = await time(at === 0 ? few : many, url);
          if (round >= 0) times[at].push(took);
        }
      }
      const [ofFew, ofMany] = [median(times[0]), median(times[1])];
      const pages = { few: await countPages(services[0], few, url), many: await countPages(services[1], many, url) };
      const cost = { what, question, few: ofFew, many: ofMany, ratio: ofMany / ofFew, pages };
      costs.push(cost);
      console.log(
        `${what}, ${question}: ${ofMany.toFixed(1)} ms ÷ ${ofFew.toFixed(1)} ms = ${cost.ratio.toFixed(2)}; ` +
          `pages ${pages.many} ÷ ${pages.few}`,
      );
    }
  }
  for (const service of services) await service.close();
  const worst = costs.reduce((one, other) => (other.ratio > one.ratio ? other : one));
  console.log(`worst: ${worst.what}, ${worst.question}: ${worst.ratio.toFixed(2)}`);
  return costs;
}

async function time(caller: Caller, url: string): Promise<number> {
  const began = performance.now();
  await caller.get(url);
  return performance.now() - began;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Of every statement of one answer: PostgreSQL explains each to the connection that ran it. */
async function countPages({ context }: Awaited<ReturnType<typeof openService>>, caller: Caller, url: string) {
  let pages = 0;
  const notice = ({ message = '' }: { message?: string | undefined }) => {
    const plan = message.indexOf('{');
    if (!message.includes('plan:') || plan < 0) return;
    const { Plan } = JSON.parse(message.slice(plan)) as { Plan: Record<string, number> };
    pages += (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0);
  };
  const { pool } = context.db;
  const client = await pool.connect();
  // One connection explains; mostly it is the one that the pool hands out next, because nobody else asks.
  await client.query(`set role none; load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on;
    set auto_explain.log_buffers = on; set auto_explain.log_format = json; set auto_explain.log_level = notice; set role gongfang_app`);
  client.on('notice', notice);
  client.release();
  // Another connection may have been handed out.
  for (let asked = 0; pages === 0 && asked < 5; asked += 1) await caller.get(url);
  client.off('notice', notice);
  const again = await pool.connect();
  await again.query('set role none; set auto_explain.log_min_duration = -1; set role gongfang_app');
  again.release();
  return pages;
}
