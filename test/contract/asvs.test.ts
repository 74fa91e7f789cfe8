// docs/asvs.md held to the tree: every requirement of ASVS 5.0.0 at level 1 and 2 stands there once, with the test or proof that
// would fail, or the reason why there is none; and what a row says of the code at large, that no single test could.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const { levels } = JSON.parse(readFileSync('test/contract/asvs-5.0.0.json', 'utf8')) as {
  levels: Record<string, number>;
};
const page = readFileSync('docs/asvs.md', 'utf8');

interface Row {
  numbers: string[];
  /** `file › title` */
  tests: { file: string; title: string }[];
  proofs: string[];
  reason: string | undefined;
  cell: string;
}

const rows: Row[] = [...page.matchAll(/^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) +\| [^|]+ \| (.+?) +\|$/gm)].map(
  ([, numbers = '', cell = '']) => ({
    numbers: numbers.split(', '),
    tests: [...cell.matchAll(/`([\w./-]+\.test\.ts) › ([^`]+)`/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    })),
    proofs: [...cell.matchAll(/`npm run prove -- ([a-z-]+)`/g)].map(([, name]) => name ?? ''),
    reason: /^(?:Not here|Operator|Open): .{10,}/s.exec(cell)?.[0].split(':')[0],
    cell,
  }),
);
const numbers = rows.flatMap((row) => row.numbers);

/** Titles as they are written, those of `test.each` with their places left open. */
function titlesOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/(?:^|[^\w.])(?:['"`])((?:\\.|[^'"`\\\n])+)(?:['"`]),\s*(?:async\s*)?(?:\(|_|\{)/gm)].map(
    ([, title = '']) => title.replaceAll(/\\(.)/g, '$1'),
  );
}

describe('docs/asvs.md', () => {
  test('has every requirement of level 1 and 2 once, and no other', () => {
    expect(Object.keys(levels)).toHaveLength(253);
    expect([...numbers].sort()).toEqual(Object.keys(levels).sort());
  });

  test.each(rows)('$numbers: names what there is', ({ tests, proofs, reason, cell }) => {
    if (reason === undefined) expect(tests.length + proofs.length, cell).toBeGreaterThan(0);
    for (const { file, title } of tests) {
      expect(existsSync(file), file).toBe(true);
      expect(titlesOf(file), file).toContain(title);
    }
    for (const proof of proofs) expect(existsSync(`scripts/prove/${proof}.ts`), proof).toBe(true);
  });

  test('counts right, in both languages', () => {
    const count = (reason: string | undefined) =>
      rows.filter((row) => row.reason === reason).reduce((sum, row) => sum + row.numbers.length, 0);
    const [held, not, operator, open] = [count(undefined), count('Not here'), count('Operator'), count('Open')];
    expect(page).toContain(
      `${held} 条由测试或证明把关,${not} 条不适用于本系统,${operator} 条由部署方落实,${open} 条尚未满足`,
    );
    expect(page).toContain(`${held} held, ${not} not applicable, ${operator} the operator's, ${open} open`);
  });

  test('would be caught naming what there is not', () => {
    expect(titlesOf('test/contract/asvs.test.ts')).toContain('counts right, in both languages');
    expect(titlesOf('test/contract/asvs.test.ts')).not.toContain('counts wrong');
  });
});

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => `src/${path}`)
  .map((path) => ({ path, code: readFileSync(path, 'utf8') }));
const where = (pattern: RegExp) => sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);

test('the inventory names every algorithm that the code uses', () => {
  const inventory = page.slice(page.indexOf('## Cryptographic inventory'));
  const called =
    /\b(?:create(?:Hash|Hmac|Cipheriv|Decipheriv|Sign|Verify)|hkdfSync|generateKeyPairSync|pbkdf2\w*|scrypt\w*)\(\s*'([^']+)'/g;
  const named = new Set(sources.flatMap(({ code }) => [...code.matchAll(called)].map(([, name]) => name ?? '')));
  const suites = /suiteNames = \[(.+)\]/.exec(readFileSync('src/platform/sealing/suites.ts', 'utf8'))?.[1] ?? '';
  for (const [, name] of suites.matchAll(/'([^']+)'/g)) named.add(name ?? '');
  expect(named.size).toBeGreaterThan(3);
  for (const name of named) expect(inventory).toContain(`\`${name}\``);
});

test('secrets are drawn from node:crypto', () => {
  expect(where(/\bMath\.random\b/)).toEqual([]);
  for (const file of ['src/access/secret.ts', 'src/access/sms-codes.ts', 'src/platform/sealing/suites.ts']) {
    expect(readFileSync(file, 'utf8')).toMatch(/import \{[^}]*\brandom(?:Bytes|Int)\b[^}]*\} from 'node:crypto'/);
  }
});

test('what calls out follows no redirect', () => {
  // jose fetches keys of issuers, and follows none by itself.
  const calling = sources.filter(({ code }) => /\bfetch\(|\bhttps?\.request\(|\baxios\b|\bundici\b/.test(code));
  expect(calling.map(({ path }) => path)).toEqual(['src/access/sms-sender.ts']);
  for (const { code } of calling) expect(code).toContain(`redirect: 'error'`);
});

test('the image holds what it needs and nothing else', () => {
  const last =
    readFileSync('Dockerfile', 'utf8')
      .split(/^FROM /m)
      .at(-1) ?? '';
  const copied = [...last.matchAll(/^COPY (.+)$/gm)].map(([, what]) => what);
  expect(copied).toEqual([
    'package.json LICENSE ./',
    '--from=packages /app/node_modules node_modules',
    '--from=build /app/dist dist',
    'migrations dist/migrations',
    'src/regions/data dist/src/regions/data',
  ]);
  expect(last).toMatch(/NODE_ENV=production/);
  expect(last).toMatch(/^USER node$/m);
  expect(readFileSync('.dockerignore', 'utf8')).toMatch(/^\*$[^]*^\*\*\/\*\.test\.ts$/m);
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Record<string, { environment?: Record<string, string> }>;
  };
  for (const { environment = {} } of Object.values(services)) expect(environment).not.toHaveProperty('LOCAL_OUTBOX');
});
