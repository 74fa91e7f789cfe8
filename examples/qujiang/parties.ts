// 60 made-up enterprises and the collective of every village. All codes are valid by their check characters and issued to nobody.
import type { PartyDraft } from '../../src/lists/sheets/index.ts';
import { drawsFromSeed } from '../../src/vocabulary/seeded-draws.ts';
import { completeUscc } from '../../src/vocabulary/uscc.ts';
import { countyCode, pickWeighted, villages } from './places.ts';

const trades = [
  '针织',
  '服饰',
  '箱包',
  '鞋业',
  '食品',
  '柑橘',
  '粉干',
  '茶油',
  '药材',
  '玩具',
  '饰品',
  '电子',
  '文具',
  '竹木',
  '包装',
];
const enterpriseCount = 60;

/** Office numbers of nobody: 0570-380xxxx. */
function officePhone(number: number): string {
  return `0570-380${String(number).padStart(4, '0')}`;
}

export function makeEnterprises(): PartyDraft[] {
  const draws = drawsFromSeed(1);
  return Array.from({ length: enterpriseCount }, (_, index) => {
    const number = index + 1;
    const village = pickWeighted(draws, villages, (candidate) => candidate.development ** 2);
    const uscc = completeUscc('91', countyCode, `MA${String(number).padStart(6, '0')}`);
    const trade = trades[index % trades.length] ?? '';
    return {
      type: 'party',
      rowKey: uscc,
      kind: 'enterprise',
      uscc,
      name: `演示${trade}${String(number).padStart(2, '0')}号有限公司(演示)`,
      divisionCode: village.code,
      contactOffice: '生产科(演示)',
      contactPhone: officePhone(number),
    };
  });
}

export function makeCollectives(): PartyDraft[] {
  return villages.map((village, index) => {
    const uscc = collectiveUscc(village.code);
    return {
      type: 'party',
      rowKey: uscc,
      kind: 'collective',
      uscc,
      name: `${village.townName}${village.shortName}股份经济合作社(演示)`,
      divisionCode: village.code,
      contactOffice: '村集体办公室(演示)',
      contactPhone: officePhone(1_000 + index),
    };
  });
}

const collectiveCodes = new Map(
  villages.map((village, index) => [
    village.code,
    completeUscc('N2', countyCode, `MF${String(index + 1).padStart(6, '0')}`),
  ]),
);

export function collectiveUscc(villageCode: string): string {
  const code = collectiveCodes.get(villageCode);
  if (code === undefined) throw new Error(`no collective for ${villageCode}`);
  return code;
}
