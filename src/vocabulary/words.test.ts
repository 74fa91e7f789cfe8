import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseText, splitQuery, zhBigrams } from './chinese-text.ts';
import type { CodedTerm } from './coded-term.ts';
import { indexTerms } from './coded-term.ts';
import { coordinateSystems } from './coordinate-systems.ts';
import { equipmentKinds, findEquipmentKind } from './equipment-kinds.ts';
import { expertiseFields, expertiseForms } from './expertise-fields.ts';
import type { LandUseCode } from './land-use.ts';
import {
  acceptedLandUses,
  findLandClass,
  idleLandKinds,
  intendedUseCodes,
  intendedUses,
  judgeLandUse,
  landClassGroups,
  landClasses,
  landUseCodes,
  landUseOfClass,
  landUses,
} from './land-use.ts';
import { partyKinds } from './party-kinds.ts';
import { productCategories } from './product-categories.ts';
import { halfDays, months } from './recurring-times.ts';
import { drawsFromSeed } from './seeded-draws.ts';
import { findSkill, guideWageFenPerHour, skills } from './skills.ts';
import { workshopTypes } from './workshop-types.ts';

describe('the vocabularies', () => {
  const lists: Record<string, readonly CodedTerm[]> = {
    skills,
    equipmentKinds,
    idleLandKinds,
    landUses,
    intendedUses,
    partyKinds,
    workshopTypes,
    coordinateSystems,
    expertiseFields,
    expertiseForms,
    halfDays,
    months,
    productCategories,
  };

  it.each(Object.entries(lists))(
    '%s have kebab-case codes, both names, no word twice, no separator in a name',
    (_, terms) => {
      expect(() => indexTerms(terms)).not.toThrow();
      for (const { code, zh, en } of terms) {
        expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(en.length).toBeGreaterThan(1);
        // A list cell is cut at these characters, so no name may hold one.
        expect(zh).toMatch(/^[^、,,;;/\n]{1,30}$/);
      }
    },
  );

  it('know what villagers call a thing', () => {
    expect(findSkill('缝纫平车')?.code).toBe('sewing');
    expect(findSkill('打包')?.code).toBe('packing');
    expect(findSkill('缝袜头')?.code).toBe('toe-linking');
    expect(findSkill('开飞机')).toBeNull();
    expect(findEquipmentKind('电脑平车')?.code).toBe('sewing-machine');
    expect([skills.length >= 110, equipmentKinds.length >= 40]).toEqual([true, true]);
  });

  it('give every skill a guide wage', () => {
    for (const { code } of skills) expect(guideWageFenPerHour(code)).toBeGreaterThan(0);
    expect(guideWageFenPerHour('flying')).toBeNull();
  });

  it('refuse a data file in which one word names two things', () => {
    const term = (code: string) => ({ code, zh: code, en: code, synonyms: ['打包'] });
    expect(() => indexTerms([term('a'), term('b')])).toThrow('打包');
  });
});

describe('land', () => {
  it('has the 12 and 73 classes of the standard', () => {
    expect([landClassGroups.length, landClasses.length]).toEqual([12, 73]);
    expect(findLandClass('农村宅基地')?.code).toBe('0702');
    expect(idleLandKinds).toHaveLength(7);
  });

  it.each<[string, boolean, LandUseCode | null]>([
    ['0101', true, 'basic-farmland'],
    ['0103', false, 'cropland'],
    ['0201', false, 'orchard-forest-grass'],
    ['1202', false, 'facility-agriculture'],
    ['0702', false, 'homestead'],
    ['0601', false, 'village-construction'],
    ['1201', false, 'vacant-land'],
    ['1006', false, null],
  ])('puts class %s (basic farmland: %s) into the column %s', (code, basicFarmland, landUse) => {
    expect(landUseOfClass(code, { basicFarmland })).toBe(landUse);
  });

  // ★ preferred, ✔ allowed, ◐ conditional, ✘ forbidden, – not foreseen: the table of CONVENTIONS 2.6 in its own order, and below
  // it the absorption of manure, which that table does not know.
  const matrix = [
    ['grain', '★✔–––––'],
    ['vegetables-oil-fodder', '◐✔◐–––◐'],
    ['other-crops', '✘◐✔◐––◐'],
    ['fruit-forestry', '✘✘✔–––◐'],
    ['ponds-landscape', '✘✘◐◐––◐'],
    ['livestock-facilities', '✘◐◐✔––◐'],
    ['workshop', '✘✘✘◐◐✔✘'],
    ['homestay-catering', '✘✘◐✘◐✔◐'],
    ['photovoltaic', '✘✘◐✘◐✔◐'],
    ['manure-absorption', '◐◐◐✘✘✘✘'],
  ] as const;
  const cells = matrix.flatMap(([use, row]) =>
    [...row].map((mark, index) => ({ use, mark, landUse: landUseCodes[index] ?? 'cropland' })),
  );
  const verdictOf: Record<string, string> = { '★': 'allowed', '✔': 'allowed', '◐': 'conditional' };

  it('knows the law of every use on every land', () => {
    expect(matrix.map(([use]) => use)).toEqual(intendedUseCodes);
    expect(cells).toHaveLength(intendedUseCodes.length * landUseCodes.length);
  });

  it.each(cells)('says $mark of $use on $landUse, with rule, reason and source', ({ use, mark, landUse }) => {
    const verdict = judgeLandUse({ landUse }, use);
    expect(verdict).toMatchObject({
      verdict: verdictOf[mark] ?? 'forbidden',
      isPreferred: mark === '★',
      rule: `land-use/${use}/${landUse}`,
    });
    // Only a condition names an approval; what is banned, not merely unforeseen, says why.
    expect(verdict.approval === null).toBe(mark !== '◐');
    expect(verdict.text.zh.includes('不在该类土地准许的用途之内')).toBe(mark === '–');
    expect(verdict.text.en).toMatch(/[a-z]/);
    expect(verdict.source).toMatch(/\p{Script=Han}/u);
  });

  it('names the four strict bans as the source of what permanent basic farmland forbids', () => {
    const banned = judgeLandUse({ landClass: '0101', isBasicFarmland: true }, 'fruit-forestry');
    expect(banned).toMatchObject({ verdict: 'forbidden', source: '自然资发〔2021〕166号 四严禁' });
  });

  it('judges a plot by its class, and leaves a class that the matrix does not know to the natural-resources office', () => {
    const plot = (landClass: string, isBasicFarmland = false) => ({ landClass, isBasicFarmland });
    expect(judgeLandUse(plot('0101', true), 'workshop').verdict).toBe('forbidden');
    expect(judgeLandUse(plot('0601'), 'workshop').verdict).toBe('allowed');
    expect(judgeLandUse(plot('1104'), 'ponds-landscape')).toMatchObject({
      verdict: 'conditional',
      rule: 'land-use/ponds-landscape/unlisted-class',
    });
  });

  it('tells an order for a workshop the three land uses on which it may stand', () => {
    expect(acceptedLandUses('workshop')).toEqual(['facility-agriculture', 'homestead', 'village-construction']);
  });
});

describe('Chinese text', () => {
  it('is cut into pairs, Latin words and numbers kept whole', () => {
    expect(zhBigrams('湖仁村 GF-001 柑橘')).toEqual(['湖仁', '仁村', 'gf', '001', '柑橘']);
    expect(zhBigrams('衢a江')).toEqual(['衢', 'a', '江']);
    expect(zhBigrams('湖仁 湖仁!')).toEqual(['湖仁']);
    expect(zhBigrams('ABC')).toEqual(['abc']);
    expect(zhBigrams('……')).toEqual([]);
  });

  it('finds every phrase in a text that holds it', () => {
    const character = fc.constantFrom(...'湖仁村双桥粉干柑橘分拣包装衢江');
    const phrase = fc.array(character, { minLength: 2, maxLength: 8 }).map((characters) => characters.join(''));
    fc.assert(
      fc.property(phrase, phrase, phrase, (before, wanted, after) => {
        const row = new Set(zhBigrams(before + wanted + after));
        expect(zhBigrams(wanted).every((pair) => row.has(pair))).toBe(true);
      }),
    );
  });

  it('splits a query at blanks, and at known words, because pairs across a joint occur in no row', () => {
    const names = new Set(['湖仁', '柑橘']);
    expect(splitQuery('湖仁柑橘分拣', names).map(({ word }) => word)).toEqual(['湖仁', '柑橘', '分拣']);
    expect(splitQuery('湖仁 红').map(({ word, bigrams }) => [word, bigrams.length])).toEqual([
      ['湖仁', 1],
      ['红', 0],
    ]);
  });

  it('does not mind width', () => {
    expect(normaliseText('  GF-001\u3000湖仁 ')).toBe('GF-001 湖仁');
  });
});

describe('seeded draws', () => {
  it('repeat themselves for the same seed and stay in their range', () => {
    const a = drawsFromSeed(7);
    const b = drawsFromSeed(7);
    for (let i = 0; i < 100; i += 1) {
      const drawn = a.integer(3, 9);
      expect(drawn).toBe(b.integer(3, 9));
      expect(drawn >= 3 && drawn <= 9).toBe(true);
    }
    expect(drawsFromSeed(8).next()).not.toBe(drawsFromSeed(7).next());
  });
});
