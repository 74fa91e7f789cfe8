// What is shipped with us and under which terms. Enters: package-lock.json. Leaves: packages whose licence is not among those that
// let anybody use, change and sell what contains them, with nothing asked but their notice.

import { withoutLicence } from './exceptions.ts';

const permissive = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'MIT/X11'],
  ...['Python-2.0', 'Unlicense', 'Zlib'],
]);

interface Lock {
  packages: Record<string, { dev?: boolean; license?: string }>;
}

export interface Licences {
  /** How many packages stand under each. */
  counts: Record<string, number>;
  findings: string[];
}

export function readLicences({ packages }: Lock): Licences {
  const counts: Record<string, number> = {};
  const findings: string[] = [];
  const excused = new Set<string>();
  for (const [path, { dev, license }] of Object.entries(packages)) {
    if (path === '' || dev) continue;
    const name = path.replace(/^.*node_modules\//, '');
    counts[license ?? 'not stated'] = (counts[license ?? 'not stated'] ?? 0) + 1;
    if (license !== undefined && isPermissive(license)) continue;
    if (name in withoutLicence) excused.add(name);
    else findings.push(`${name}: ${license ?? 'states no licence'}`);
  }
  const idle = Object.keys(withoutLicence).filter((name) => !excused.has(name));
  return { counts, findings: [...findings, ...idle.map((name) => `${name}: its exception is no longer needed`)] };
}

/** One of several that may be chosen is enough; of several that hold together each must be. */
function isPermissive(expression: string): boolean {
  const terms = expression.replace(/^\((.*)\)$/, '$1');
  return terms.split(' OR ').some((choice) => choice.split(' AND ').every((term) => permissive.has(term)));
}
