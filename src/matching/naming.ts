// The engine speaks of ids and codes; people read names. Enters: a text of the engine. Leaves: the same text with listings
// and coded terms named. Workers are never named: a round is read before anybody has accepted.

import { equipmentKinds } from '../vocabulary/equipment-kinds.ts';
import { landUses } from '../vocabulary/land-use.ts';
import { skills } from '../vocabulary/skills.ts';
import type { Text } from '../vocabulary/text.ts';

const terms = new Map<string, Text>(
  [...skills, ...equipmentKinds, ...landUses].map(({ code, zh, en }) => [code, { zh, en }]),
);

const idPattern = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Whole kebab-case words only, so that a code is never found inside a longer one. */
const codePattern = /(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\w-])/g;
const quotedPattern = /"([a-z0-9-]+)"/g;

export type NameOf = (id: string) => Text | undefined;

export function nameText(text: Text, nameOf: NameOf): Text {
  return {
    zh: text.zh
      .replace(idPattern, (id) => nameOf(id)?.zh ?? id)
      .replace(codePattern, (code) => terms.get(code)?.zh ?? code),
    en: text.en
      .replace(idPattern, (id) => nameOf(id)?.en ?? id)
      .replace(quotedPattern, (quoted, code: string) => (terms.has(code) ? `"${terms.get(code)?.en}"` : quoted)),
  };
}
