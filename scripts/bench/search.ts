// `npm run bench -- search`: what a search of the public lists finds and costs. Finds: judged queries over the sample county, beside
// plain ILIKE and pg_trgm on the same text, and every village by its everyday name. Costs: 200,000 listings ÷ 10,000.

import { importCounty, openService, startServer } from './search/county.ts';
import { measureCosts, type Cost } from './search/cost.ts';
import { measureQuality, type Quality } from './search/quality.ts';

export async function run(): Promise<Quality & { costs: Cost[] }> {
  const server = await startServer();
  try {
    await importCounty(server, 'county');
    const service = await openService(server, 'county');
    const quality = await measureQuality(service);
    await service.close();
    return { ...quality, costs: await measureCosts(server, 'county') };
  } finally {
    await server.stop();
  }
}
