// The laws of ARCHITECTURE.md, held by machine: call left, through the door; the engine is pure; nothing goes in circles.
// dependency-cruiser finds who imports whom (types and dynamic imports too); each rule is a function from imports to
// sentences about what breaks it, and each is shown a planted break beside the real tree.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, test } from 'vitest';
import { reactions, rooms } from '../src/wiring.ts';

const line = rooms.map((room) => room.name);

/** Folders of src that are no rooms: words and doors that every room may use. */
const foundations = ['vocabulary', 'platform'];

interface Import {
  /** Files of the project by their path from its root, packages by name, modules of Node as `node:…`. */
  from: string;
  to: string;
}

// ── The rules ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A file of a room imports rooms to its left only, and those only through their index.ts. */
function callLeftThroughTheDoor({ from, to }: Import): string | undefined {
  const [caller, called] = [line.indexOf(folderOf(from)), line.indexOf(folderOf(to))];
  if (called === -1 || folderOf(from) === folderOf(to)) return undefined;
  if (to !== `src/${folderOf(to)}/index.ts`) return `${from} passes the door of ${folderOf(to)}: ${to}`;
  // Files beside the rooms (app, wiring, start) put all of them together.
  return caller !== -1 && called > caller ? `${from} calls right: ${to}` : undefined;
}

const enginePackages = ['zod', 'node:crypto'];

/** The engine uses itself, the words, zod for its formats and a hash: nothing that differs from one run to the next. */
function engineIsPure({ from, to }: Import): string | undefined {
  if (!from.startsWith('src/matching/engine/')) return undefined;
  const isPure =
    to.startsWith('src/matching/engine/') || to.startsWith('src/vocabulary/') || enginePackages.includes(to);
  return isPure ? undefined : `${from} is of the pure engine and imports ${to}`;
}

/** The rest of its room calls the engine through its own door too, as every other caller does. */
function engineHasADoor({ from, to }: Import): string | undefined {
  if (from.startsWith('src/matching/engine/') || !to.startsWith('src/matching/engine/')) return undefined;
  return to === 'src/matching/engine/index.ts' ? undefined : `${from} passes the door of the engine: ${to}`;
}

/** Pure functions over published tables: the map systems of China, and its working days. */
const wordPackages = ['gcoord', 'chinese-days'];

function vocabularyStandsAlone({ from, to }: Import): string | undefined {
  if (folderOf(from) !== 'vocabulary' || folderOf(to) === 'vocabulary' || wordPackages.includes(to)) return undefined;
  return `${from} is a word that all rooms speak and imports ${to}`;
}

function platformKnowsNoRoom({ from, to }: Import): string | undefined {
  if (folderOf(from) !== 'platform' || !to.startsWith('src/')) return undefined;
  return foundations.includes(folderOf(to)) ? undefined : `${from} is of the platform and imports ${to}`;
}

/** What ships imports nothing that does not. */
function sourceStandsAlone({ from, to }: Import): string | undefined {
  const isOutside = /^(test|scripts|examples|openapi|portal|docs)\//.test(to) || /\.test\.ts$/.test(to);
  return isOutside ? `${from} imports ${to}, which does not ship` : undefined;
}

const namelessHomes = /^(utils?|helpers?|commons?|shared|core|types?|managers?|misc)$/;

/** When something has no home, ask whose knowledge it is. */
function homesHaveNames(path: string): string | undefined {
  const nameless = path.split('/').find((part) => namelessHomes.test(part.replace(/(\.\w+)+$/, '')));
  return nameless === undefined ? undefined : `${path}: ${nameless} says nothing about what is in it`;
}

const impurities = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bMath\.random\b/,
  /\bperformance\b/,
  /\bprocess\./,
  /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
  /\b(localeCompare|toLocale\w+|Intl)\b/,
  /\b(async|await|Promise)\b/,
  /\bimport\(/,
];

/** No clock, chance, environment, locale or waiting: the same scenario gives the same plan everywhere. */
function codeIsDeterministic(code: string): string[] {
  const bare = code.replaceAll(/\/\*[^]*?\*\/|\/\/.*$|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/gm, '');
  return impurities.flatMap((impurity) => impurity.exec(bare)?.[0] ?? []);
}

// ── The tree ────────────────────────────────────────────────────────────────────────────────────────────────────────

const files = filesBelow('src').filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
const { modules, circles } = await readImports();
const imports = modules.flatMap(({ source, dependencies }) =>
  dependencies.map((dependency) => ({ from: source, to: nameOf(dependency) })),
);

/** Sentences about what breaks a rule; the tree keeps it when there are none. */
function broken<T>(rule: (subject: T) => string | undefined, subjects: readonly T[]): string[] {
  return subjects.flatMap((subject) => rule(subject) ?? []);
}

describe('the tree', () => {
  test('was read whole', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(modules.map(({ source }) => source).sort()).toEqual([...files].sort());
    expect(imports.length).toBeGreaterThan(400);
    // Types count: in this project most of what one room knows of another is a type.
    expect(imports).toContainEqual({ from: 'src/wiring.ts', to: 'src/platform/reactions.ts' });
  });

  test('has exactly the rooms of the wiring, each with a door', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([...foundations, ...line].sort());
    for (const room of line) expect(files).toContain(`src/${room}/index.ts`);
  });

  test('calls left, through the door', () => {
    expect(broken(callLeftThroughTheDoor, imports)).toEqual([]);
    expect(
      broken(callLeftThroughTheDoor, [
        { from: 'src/lists/service.ts', to: 'src/matching/index.ts' },
        { from: 'src/matching/service.ts', to: 'src/lists/tables.ts' },
        { from: 'src/app.ts', to: 'src/lists/routes.ts' },
      ]),
    ).toEqual([
      'src/lists/service.ts calls right: src/matching/index.ts',
      'src/matching/service.ts passes the door of lists: src/lists/tables.ts',
      'src/app.ts passes the door of lists: src/lists/routes.ts',
    ]);
  });

  test('keeps the engine pure and behind its door', () => {
    expect(broken(engineIsPure, imports)).toEqual([]);
    expect(broken(engineHasADoor, imports)).toEqual([]);
    const planted = [
      { from: 'src/matching/engine/match.ts', to: 'src/platform/clock.ts' },
      { from: 'src/matching/engine/match.ts', to: 'node:fs' },
      { from: 'src/matching/service.ts', to: 'src/matching/engine/match.ts' },
    ];
    expect([...broken(engineIsPure, planted), ...broken(engineHasADoor, planted)]).toHaveLength(planted.length);
  });

  test('keeps clock, chance and waiting out of the engine', () => {
    const engine = files.filter((path) => path.startsWith('src/matching/engine/'));
    expect(engine.length).toBeGreaterThan(20);
    for (const path of engine) expect(codeIsDeterministic(readFileSync(path, 'utf8')), path).toEqual([]);
    expect(codeIsDeterministic('const at = Date.now() + Math.random(); // process.env')).toEqual([
      'Date.now',
      'Math.random',
    ]);
  });

  test('lets words stand alone, and the platform know no room', () => {
    expect(broken(vocabularyStandsAlone, imports)).toEqual([]);
    expect(broken(platformKnowsNoRoom, imports)).toEqual([]);
    expect(broken(vocabularyStandsAlone, [{ from: 'src/vocabulary/area.ts', to: 'zod' }])).toHaveLength(1);
    expect(broken(platformKnowsNoRoom, [{ from: 'src/platform/queue.ts', to: 'src/wiring.ts' }])).toHaveLength(1);
  });

  test('imports nothing that does not ship', () => {
    expect(broken(sourceStandsAlone, imports)).toEqual([]);
    expect(broken(sourceStandsAlone, [{ from: 'src/app.ts', to: 'test/support/database.ts' }])).toHaveLength(1);
  });

  test('has no circle, not even of types', () => {
    expect(circles).toEqual([]);
  });

  test('has no file or folder without a name of its own', () => {
    const everywhere = ['src', 'test', 'scripts', 'examples'].flatMap(filesBelow);
    expect(broken(homesHaveNames, everywhere)).toEqual([]);
    expect(broken(homesHaveNames, ['src/lists/utils.ts', 'src/shared/money.ts'])).toHaveLength(2);
  });
});

describe('what was told', () => {
  /** Events that nobody reacts to yet, and why they are told all the same. */
  const unheard: Record<string, string> = {
    'listing.doubted': 'its owner is told by whichever room sends messages to parties; none does yet',
  };

  test.each(Object.entries(reactions))('%s is heard by a room of the line', (event, heard) => {
    if (heard.length === 0) expect(unheard[event]).toBeDefined();
    for (const { name } of heard) expect(line).toContain(name.split('.')[0]);
  });

  test('has one name for each reaction to it', () => {
    for (const heard of Object.values(reactions)) {
      const names = heard.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

// ── Reading the tree ────────────────────────────────────────────────────────────────────────────────────────────────

type Module = ICruiseResult['modules'][number];

async function readImports(): Promise<{ modules: Module[]; circles: string[] }> {
  const noCircle = { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } } as const;
  const { output } = await cruise(['src'], {
    // Imports of types are gone after compilation: they are read before.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: String.raw`\.test\.ts$` },
    validate: true,
    ruleSet: { forbidden: [noCircle] },
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser gave a report instead of what it found');
  const circles = output.summary.violations.map(({ from, cycle = [] }) =>
    [from, ...cycle.map(({ name }) => name)].join(' → '),
  );
  return { modules: output.modules.filter(({ source }) => /^src\/.*\.ts$/.test(source)), circles };
}

/** Packages by name, whatever their entry point; what Node ships with `node:`. */
function nameOf({ resolved, module, coreModule }: Module['dependencies'][number]): string {
  if (resolved.startsWith('src/') || module.startsWith('.')) return resolved;
  if (coreModule) return `node:${module.replace(/^node:/, '')}`;
  return /^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module;
}

/** The room or foundation a file stands in; '' beside them. */
function folderOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? '';
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => basename(name) !== 'node_modules')
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
