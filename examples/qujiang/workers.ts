// 8,584 made-up idle workers, 857 of them of low-income households, in all 295 villages. Names say that they are examples, phones
// are 1380000xxxx, ID numbers are well-formed but drawn by lot.
import type { ListingDraft } from '../../src/lists/sheets/index.ts';
import { addDays, plainDate } from '../../src/vocabulary/calendar.ts';
import { idCheckDigit } from '../../src/vocabulary/id-card.ts';
import { drawsFromSeed } from '../../src/vocabulary/seeded-draws.ts';
import type { Draws } from '../../src/vocabulary/seeded-draws.ts';
import { exampleAsOf, exampleFiles, exampleLowIncomeWorkers } from './files.ts';
import { makeListing } from './listing.ts';
import { collectiveUscc } from './parties.ts';
import type { Village } from './places.ts';
import { countyCode, pickWeighted, shareOut, villages } from './places.ts';

const stems = '甲乙丙丁戊己庚辛壬癸';
const branches = '子丑寅卯辰巳午未申酉戌亥';

/** How common a skill is. `where` doubles it in developed (+) or remote (−) places. */
// prettier-ignore
const skillWeights: readonly (readonly [skill: string, weight: number, where: '+' | '-' | ''])[] = [
  ['packing', 45, ''], ['assembly', 26, ''], ['sorting', 28, ''], ['sewing', 16, '+'], ['overlock', 7, '+'],
  ['thread-trimming', 13, ''], ['toe-linking', 10, '+'], ['beading', 13, ''], ['gluing', 13, ''], ['folding', 14, ''],
  ['labelling', 11, ''], ['weighing', 8, ''], ['loading', 8, ''], ['noodle-drying', 5, '-'], ['herb-slicing', 4, '-'],
  ['cable-harness', 5, '+'], ['quality-inspection', 6, '+'], ['electronics-soldering', 3, '+'], ['bamboo-weaving', 5, '-'],
  ['live-streaming', 1.2, '+'], ['bag-sewing', 6, '+'], ['shoe-upper-sewing', 6, '+'], ['artificial-flowers', 8, ''],
  ['brush-making', 6, ''], ['peeling', 14, '-'], ['harvesting', 16, '-'], ['citrus-growing', 8, ''], ['tea-picking', 6, '-'],
  ['rice-noodle-making', 3, '-'], ['cooking', 5, ''], ['cleaning', 7, '+'], ['bamboo-work', 5, '-'],
];

const hoursPerWeekChoices = [4, 6, 8, 8, 10, 10, 12, 12, 15, 20, 24, 30];
const commuteKmChoices = [2, 3, 3, 4, 5, 5, 6, 8, 10, 15];

export function makeWorkers(): ListingDraft[] {
  const draws = drawsFromSeed(7);
  const rows = exampleFiles.find((file) => file.sheetId === 'labour')?.rows ?? 0;
  const perVillage = shareOut(rows, (village) => (village.shortName.endsWith('社区') ? 0.7 : 1) * (0.6 + draws.next()));
  const homes = villages.flatMap((village) => Array.from({ length: perVillage.get(village.code) ?? 0 }, () => village));
  const lowIncome = pickLowIncome(homes, draws);
  const usedIds = new Set<string>();
  return homes.map((village, index) => {
    const idNumber = drawIdNumber(draws, usedIds);
    const isAssisted = draws.chance(0.7);
    return makeListing('labour', {
      number: '',
      divisionCode: village.code,
      owner: collectiveUscc(village.code),
      availableFrom: draws.chance(0.15) ? addDays(exampleAsOf, draws.integer(1, 5) * 7) : null,
      availableTo: draws.chance(0.2) ? addDays(exampleAsOf, draws.integer(8, 16) * 7 - 1) : null,
      person: {
        name: `示例${stems.charAt(index % stems.length)}${branches.charAt(index % branches.length)}`,
        idNumber,
        phone: `1380000${String(index).padStart(4, '0')}`,
        lowIncome: lowIncome.has(index),
      },
      attributes: {
        skills: drawSkills(draws, village),
        hoursPerWeek: draws.pick(hoursPerWeekChoices),
        maxCommuteKm: draws.pick(commuteKmChoices),
        homeWork: draws.chance(0.45),
        star: draws.chance(0.3) ? null : Math.round((3 + draws.next() * 2) * 10) / 10,
      },
      consent: {
        given: draws.chance(0.98),
        channel: isAssisted ? 'assisted' : draws.pick(['self', 'paper']),
        assistedBy: isAssisted ? '网格员' : null,
        on: addDays(exampleAsOf, -draws.integer(3, 60)),
        textVersion: '演示-1',
      },
    });
  });
}

/** Exactly the number of the source, more likely in remote villages. */
function pickLowIncome(homes: readonly Village[], draws: Draws): ReadonlySet<number> {
  const byLot = homes
    .map((village, index) => ({ index, lot: draws.next() ** (1 / (1.4 - village.development)) }))
    .sort((a, b) => b.lot - a.lot || a.index - b.index);
  return new Set(byLot.slice(0, exampleLowIncomeWorkers).map(({ index }) => index));
}

function drawSkills(draws: Draws, village: Village): string[] {
  const skills = new Set<string>();
  const count = draws.integer(1, 4);
  while (skills.size < count) {
    const [skill] = pickWeighted(draws, skillWeights, ([, weight, where]) => {
      if (where === '') return weight;
      return weight * (where === '+' ? 0.5 + village.development : 1.6 - village.development);
    });
    skills.add(skill);
  }
  return [...skills];
}

function drawIdNumber(draws: Draws, used: Set<string>): string {
  for (;;) {
    // One in two hundred is 16 or 17: matching must keep minors from hazardous work.
    const year = draws.chance(0.005) ? 2009 : draws.integer(1951, 2006);
    const birth = plainDate(year, draws.integer(1, 12), draws.integer(1, 28));
    const first17 = `${countyCode}${birth?.replaceAll('-', '') ?? ''}${String(draws.integer(1, 999)).padStart(3, '0')}`;
    const idNumber = first17 + idCheckDigit(first17);
    if (used.has(idNumber)) continue;
    used.add(idNumber);
    return idNumber;
  }
}
