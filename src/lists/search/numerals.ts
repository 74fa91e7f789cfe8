// Amounts as people write them. Enters: 三亩二分, 二十个, 壹佰. Leaves: how a listing would write it (3.2亩, 20个, 100), or nothing.

import { formatMu, parseAreaMuX100 } from '../../vocabulary/area.ts';

const digits = new Map(
  [...'零一二三四五六七八九'].flatMap((character, value) => [
    [character, value],
    [[...'〇壹贰叁肆伍陆柒捌玖'][value] ?? character, value],
  ]),
);
digits.set('两', 2);
const powers = new Map([
  ['十', 10],
  ['拾', 10],
  ['百', 100],
  ['佰', 100],
  ['千', 1_000],
  ['仟', 1_000],
]);
const numeral = /[零〇一壹二贰两三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万]+/gu;

function valueOf(text: string): number {
  let [total, section, digit] = [0, 0, 0];
  for (const character of text) {
    const power = powers.get(character);
    if (character === '万') {
      total += (section + digit) * 10_000;
      [section, digit] = [0, 0];
    } else if (power === undefined) {
      digit = digits.get(character) ?? 0;
    } else {
      section += (digit === 0 ? 1 : digit) * power;
      digit = 0;
    }
  }
  return total + section + digit;
}

/** What people count by; a number without one is part of a name: 三叠, 五金. */
const unit = /^(?:亩|分|公顷|平方米|平方|平米|m2|台|个|人|名|双|件|只|套|间|吨|斤|公斤|元|月|年|天|工位)/;

export function asAmount(word: string): string | undefined {
  const written = word.replaceAll(numeral, (found, at: number) =>
    unit.test(word.slice(at + found.length)) ? String(valueOf(found)) : found,
  );
  const land = /[亩顷]/.test(written) ? parseAreaMuX100(written) : null;
  const amount = land ? formatMu(land.value) : written.replace(/平方米|平方|平米/, 'm2');
  return amount !== word && /\d/.test(amount) ? amount : undefined;
}
