// npm run demo: the main job on a real county, from nothing but Node. Starts everything on the embedded PostgreSQL, imports
// the sample county through the public API, runs one matching round through the queue, explains it, and keeps serving.
// `-- --exit` ends with code 0 instead.

import { exampleAsOf } from '../examples/qujiang/files.ts';
import { readConfig } from '../src/platform/config.ts';
import { startStandalone } from '../src/standalone.ts';
import { failStart, stopOnSignal } from '../src/start.ts';
import { connect } from './demo/client.ts';
import { county, importCounty, runRound } from './demo/county.ts';
import { issueIdentities, issueOfficialKey } from './demo/identities.ts';
import { summaryLines, tellingExplanations } from './demo/report.ts';

const startedAt = performance.now();
const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
const say = (line: string) => console.log(`[${seconds()} s] ${line}`);

/** On a terminal, progress is rewritten in place; in a log, only the last word of each step is kept. */
function showProgress(line: string, isLast: boolean): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}${isLast ? '\n' : ''}`);
  else if (isLast) console.log(line);
}

/** The sample county lives around a fixed day, so that the demo shows the same whenever it is run. */
function sampleClock() {
  const offset = Date.parse(`${exampleAsOf}T09:00:00+08:00`) - Date.now();
  return { now: () => new Date(Date.now() + offset) };
}

try {
  // Codes to phones appear on a page, unless a gateway was given.
  const localOutbox = process.env['SMS_GATEWAY_URL'] ? {} : { LOCAL_OUTBOX: 'true' };
  const config = readConfig({ LOG_LEVEL: 'error', ...localOutbox, ...process.env });
  const running = await startStandalone(config, { say, clock: sampleClock() });
  stopOnSignal(running.stop);
  const { context, url = '' } = running;

  const officialKey = await issueOfficialKey(context);
  const client = connect(url, officialKey);

  say('导入衢江区样例数据(20 个乡镇、295 个村)· importing the sample county');
  await importCounty(client, showProgress);
  say('运行一轮撮合 · running a matching round');
  const round = await runRound(client, showProgress);

  say('结果 · result\n');
  for (const line of round.summary ? summaryLines(round.summary) : []) console.log(line);
  console.log('\n五条说明 · five telling explanations\n');
  for (const line of await tellingExplanations(client, round)) console.log(line);

  console.log(`\n接口文档 API docs        ${url}/docs`);
  console.log(`四张清单 four lists      ${url}/v1/lists?division=${county}`);
  console.log(`搜索湖仁 search 湖仁      ${url}/v1/listings?q=${encodeURIComponent('湖仁')}`);
  console.log(`本轮方案 proposals       ${url}/v1/proposals?round=${round.id}   (需密钥 needs a key)`);
  console.log(`短信收件箱 SMS outbox     ${url}/dev/outbox`);
  console.log('\n演示身份,每种角色一个 demo identities, one per role (Authorization: Bearer …)');
  for (const [secret, who] of await issueIdentities(context, url, officialKey)) {
    console.log(`  ${secret.padEnd(43)}  ${who}`);
  }

  if (process.argv.includes('--exit')) {
    await running.stop();
    say('完成 · done');
    process.exit(0);
  }
  console.log('\n服务运行中,按 Ctrl-C 结束 · serving, Ctrl-C ends it');
} catch (error) {
  failStart(error);
}
