// The scenario files stand for what a third party would send: each runs through the real command.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildJsonSchemas, checkPlan, parseScenario, planSchema } from '../../src/matching/engine/index.ts';

const here = import.meta.dirname;
const command = fileURLToPath(new URL('../../scripts/match.ts', import.meta.url));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongfang-match-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function runMatch(...args: string[]) {
  const done = spawnSync(process.execPath, ['--import', 'tsx', command, ...args], { encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

function readScenario(file: string): unknown {
  return JSON.parse(readFileSync(join(here, file), 'utf8'));
}

describe('npm run match', () => {
  it('places the orders of a village, explains the one it cannot place, and writes a plan that anybody can recount', () => {
    const out = join(folder, 'plan.json');
    const { code, stdout } = runMatch(join(here, 'village.json'), '--moves', '200', '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('已安排 3 placed / 共 4 in all');
    expect(stdout).toContain('若订单“uniforms”的面积由 232 m² 改为 220 m²,即可安排');
    const plan: unknown = JSON.parse(readFileSync(out, 'utf8'));
    const parsed = parseScenario(readScenario('village.json'));
    expect(parsed.ok && checkPlan(parsed.scenario, plan)).toEqual([]);
  });

  it('prints nothing but the plan with --json, the same for the same seed', () => {
    const first = runMatch(join(here, 'rematch.json'), '--json', '--seed', '5', '--moves', '100');
    const second = runMatch(join(here, 'rematch.json'), '--json', '--seed', '5', '--moves', '100');
    expect(first.code).toBe(0);
    expect(planSchema.parse(JSON.parse(first.stdout)).seed).toBe(5);
    expect(second.stdout).toBe(first.stdout);
  });

  it('tells all problems of a wrong file with their paths, and ends with 2', () => {
    const { code, stdout, stderr } = runMatch(join(here, 'many-problems.json'));
    expect([code, stdout]).toEqual([2, '']);
    for (const path of ['weeks', 'sites[0].areaM2', 'sites[1].town', 'workers[0].hours', 'colour', 'pinned[0].order']) {
      expect(stderr).toContain(`\n  ${path}: `);
    }
  });

  it.each([[['nowhere.json']], [[]], [['a.json', '--moves', 'many']], [['a.json', '--speed', '9']]])(
    'ends with 2 and a sentence for %j',
    (args) => {
      const { code, stderr } = runMatch(...args);
      expect(code).toBe(2);
      expect(stderr).not.toContain('    at ');
    },
  );
});

describe('the published schemas', () => {
  it('accept the example scenarios and refuse the one with problems', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(buildJsonSchemas()['scenario.schema.json']);
    for (const file of ['village.json', 'rematch.json', 'town.json']) expect(validate(readScenario(file))).toBe(true);
    expect(validate(readScenario('many-problems.json'))).toBe(false);
  });
});
