// The deployment files against the service they deploy: read as data, since no container engine is needed to run the tests.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/platform/config.ts';

interface ComposeService {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  configs?: { source: string }[];
  volumes?: string[];
}

interface Compose {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
  configs: Record<string, { content: string }>;
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const source = read('docker-compose.yml');
const compose = parse(source, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === 'gongfang');

/** The variables that config.ts reads: the keys of its schema. */
const settings = [...read('src/platform/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name ?? '');
/** `NAME=` lines of .env.example. */
const examples = new Map(
  [...read('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name ?? '', value ?? '']),
);

/** As compose fills it in: given values, else defaults. */
function interpolate(value: string, given: Record<string, string>): string {
  return value.replaceAll(
    /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, operator?: string, rest?: string) => {
      const found = given[name] ?? (operator === '-' ? rest : undefined);
      if (found === undefined) throw new Error(`${name} must be set`);
      return found;
    },
  );
}

/** Settings that this deployment decides itself, and why. */
const notInCompose: Record<string, string> = {
  PERSONAL_DATA_KEY_FILE: 'the key itself is given',
  AUDIT_SIGNING_KEY: 'there is one worker host: its volume keeps the key',
  LOCAL_OUTBOX: 'development only',
};

const secrets = {
  POSTGRES_PASSWORD: 'owner',
  SERVICE_PASSWORD: 'service',
  REDIS_PASSWORD: 'redis',
  PERSONAL_DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
};

describe('docker-compose.yml', () => {
  test('runs PostgreSQL, Redis, one migration, the API and a worker', () => {
    expect(services.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'postgres', 'redis', 'worker']);
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'worker']);
  });

  test.each(ours)('gives %s only settings that the service knows and accepts', (_, { environment = {} }) => {
    const given = Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, interpolate(String(v), secrets)]));
    expect(settings).toEqual(expect.arrayContaining(Object.keys(given)));
    expect(() => readConfig(given)).not.toThrow();
  });

  test('hands on every setting that an operator may want to change', () => {
    const given = ours.flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(settings.filter((name) => !given.includes(name)).sort()).toEqual(Object.keys(notInCompose).sort());
  });

  test('brings the commands of docs/operating.md with it', () => {
    const built = (JSON.parse(read('tsconfig.build.json')) as { include: string[] }).include;
    const copied = /^COPY (scripts\/.+) scripts\/$/m.exec(read('Dockerfile'))?.[1]?.split(' ');
    expect(copied?.sort()).toEqual(built.filter((path) => path.startsWith('scripts/')).sort());
    const used = [...read('docs/operating.md').matchAll(/dist\/(scripts\/[\w-]+)\.js/g)].map(
      ([, name]) => `${name}.ts`,
    );
    expect(used.length).toBeGreaterThan(0);
    expect(copied).toEqual(expect.arrayContaining(used));
  });

  test('starts each service only when what it needs is healthy, and watches its health', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        expect(compose.services, `${name} needs ${needed}`).toHaveProperty(needed);
        expect(condition).toBe(needed === 'migrate' ? 'service_completed_successfully' : 'service_healthy');
      }
    }
    for (const name of ['postgres', 'redis', 'worker']) expect(compose.services[name]?.healthcheck?.test).toBeDefined();
    expect(read('Dockerfile')).toMatch(/HEALTHCHECK[^]*\/healthz/);
  });

  test('publishes ports on loopback only', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });

  test('has no password of its own: every secret must be given', () => {
    const named = [...source.matchAll(/\$\{([A-Z_]*(?:PASSWORD|KEY))(?![A-Z_])([^}]*)\}/g)];
    expect(new Set(named.map(([, name]) => name))).toEqual(new Set(Object.keys(secrets)));
    for (const [whole, , rest] of named) expect(rest, whole).toMatch(/^:\?/);
  });

  test('mounts only what it declares', () => {
    for (const [, { configs = [], volumes = [] }] of services) {
      for (const { source } of configs) expect(compose.configs).toHaveProperty(source);
      for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
    }
  });

  test('the service’s login is a member of the role that row-level security binds', () => {
    expect(compose.configs['create-service-login']?.content).toMatch(/gongfang_service .* in role gongfang_app/);
    expect(compose.services.api?.environment?.DATABASE_URL).toContain('//gongfang_service:');
  });
});

/** Rows `| `NAME` | … |` of the table of settings. */
const documented = [...read('docs/operating.md').matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name ?? '');

describe('docs/operating.md', () => {
  test('explains every setting once, and none that there is not', () => {
    expect([...documented].sort()).toEqual([...examples.keys()].sort());
  });
});

describe('.env.example', () => {
  test('names every setting of the service and every variable of the compose file', () => {
    const variables = [...source.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '');
    expect([...examples.keys()].sort()).toEqual([...new Set([...settings, ...variables])].sort());
  });

  test('is itself a valid configuration, with the defaults and without secrets', () => {
    expect(readConfig(Object.fromEntries(examples))).toEqual(readConfig({}));
    for (const secret of Object.keys(secrets)) expect(examples.get(secret)).toBe('');
  });
});
