// The contract as others' linters see it. Enters: openapi/openapi.json. Leaves: what Spectral (OpenAPI and OWASP rules, all of
// them) and Redocly (recommended, strict) object to, less the exceptions beside this file.

import { createConfig, lint } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import owaspModule from '@stoplight/spectral-owasp-ruleset';
import rulesets from '@stoplight/spectral-rulesets';
import { exceptions, inputRules } from './exceptions.ts';

interface Objection {
  rule: string;
  path: string;
  message: string;
}

interface Ruleset {
  rules: Record<string, object>;
}

export async function lintBySpectral(document: object): Promise<string[]> {
  const owasp = (owaspModule as unknown as { default?: Ruleset }).default ?? (owaspModule as unknown as Ruleset);
  const rules: Record<string, object | 'off'> = {};
  for (const [rule, type] of Object.entries(inputRules)) rules[rule] = { ...owasp.rules[rule], given: sentToUs(type) };
  for (const { rule, at } of exceptions) if (at === undefined) rules[rule] = 'off';
  const linter = new spectral.Spectral();
  const extended = [
    [rulesets.oas, 'all'],
    [owasp, 'all'],
  ];
  linter.setRuleset({ extends: extended, rules } as unknown as spectral.RulesetDefinition);
  const results = await linter.run(document as Record<string, unknown>);
  return lessExceptions(
    results.map(({ code, path, message }) => ({ rule: String(code), path: path.join('.'), message })),
  );
}

const sentToUs = (type: string) =>
  [`@.type=="${type}"`, `@.type && @.type.constructor.name === "Array" && @.type.includes("${type}")`].map(
    (isOfType) => `$.paths[*][*]["parameters","requestBody"]..[?(@ && ${isOfType})]`,
  );

export async function lintByRedocly(file: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lint({ ref: file, config });
  return lessExceptions(
    problems.map(({ ruleId, location, message }) => ({
      rule: ruleId,
      path: location[0]?.pointer ?? '',
      message,
    })),
  );
}

function lessExceptions(objections: readonly Objection[]): string[] {
  return objections
    .filter(({ rule, path }) => !exceptions.some((each) => each.rule === rule && path.startsWith(each.at ?? '')))
    .map(({ rule, path, message }) => `${rule} at ${path}: ${message}`);
}
