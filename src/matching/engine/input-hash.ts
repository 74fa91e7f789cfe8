// The fingerprint of a scenario: two files that mean the same (key order, defaults left out or written) share it.

import { createHash } from 'node:crypto';
import type { Scenario } from './scenario.ts';

/** SHA-256, hex, over the canonical JSON (keys sorted, no spaces) of a parsed scenario. */
export function hashScenario(scenario: Scenario): string {
  return createHash('sha256').update(writeCanonicalJson(scenario)).digest('hex');
}

/** JSON with sorted keys. Numbers are written as ECMAScript writes them, as RFC 8785 asks. */
export function writeCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeCanonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${writeCanonicalJson(entry)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
