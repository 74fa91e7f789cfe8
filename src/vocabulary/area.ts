// Area as villages write it: 亩 and 分 of land (1 亩 = 2000/3 m² = 10 分), m² of floor.
// Land is kept as 亩 × 100, floor as whole m² (CONVENTIONS 2.12); approximate marks (约) are reported, not lost.
import { divideHalfUp } from './money.ts';

const fenOfLandPerMu = 10;
const muPerHectare = 15;

/** 亩 × 100 → m², rounded half-up. 1 亩 = 2000/3 m² exactly. */
export function muX100ToM2(areaMuX100: number): number {
  return divideHalfUp(areaMuX100 * 20, 3);
}

/** m² → 亩 × 100, rounded half-up. */
export function m2ToMuX100(areaM2: number): number {
  return divideHalfUp(areaM2 * 3, 20);
}

export interface ParsedArea {
  /** in the unit asked for: 亩 × 100, or m² */
  value: number;
  isApproximate: boolean;
}

const number = String.raw`(\d{1,9}(?:\.\d{1,4})?)`;
const muAndFen = new RegExp(`^(?:${number}亩)?(?:${number}分)?$`);
const hectare = new RegExp(`^${number}公顷$`);
const squareMetre = new RegExp(`^${number}(?:平方米|平方|平米|平|m2|m\\^2|㎡)$`, 'i');
const bare = new RegExp(`^${number}$`);

function cleanArea(text: string): { body: string; isApproximate: boolean } {
  const compact = text.normalize('NFKC').replace(/[,\s]/g, '');
  const body = compact
    .replace(/^(?:大约|大概|约为|约)/, '')
    .replace(/(?:左右|上下|多|\((?:大?约|左右)\))$/, '')
    .replace(/地$/, '');
  return { body, isApproximate: body !== compact.replace(/地$/, '') };
}

/** Hundredths of a 亩 from decimal text, exact for two decimals, half-up beyond. */
function hundredths(text: string): number {
  return Math.round(Number((Number(text) * 100).toFixed(4)));
}

/** "3亩2分", "约3亩", "２．５", "1200㎡", "0.5公顷" → 亩 × 100. A bare number is 亩. `null` when unreadable. */
export function parseAreaMuX100(text: string): ParsedArea | null {
  const { body, isApproximate } = cleanArea(text);
  if (body === '') return null;
  const plain = bare.exec(body);
  if (plain?.[1] !== undefined) return { value: hundredths(plain[1]), isApproximate };
  const metres = squareMetre.exec(body);
  if (metres?.[1] !== undefined) return { value: m2ToMuX100(Number(metres[1])), isApproximate };
  const hectares = hectare.exec(body);
  if (hectares?.[1] !== undefined)
    return { value: hundredths(String(Number(hectares[1]) * muPerHectare)), isApproximate };
  const land = muAndFen.exec(body);
  if (land === null) return null;
  const mu = land[1] === undefined ? 0 : hundredths(land[1]);
  const fen = land[2] === undefined ? 0 : Math.round(hundredths(land[2]) / fenOfLandPerMu);
  return { value: mu + fen, isApproximate };
}

/** "220", "220平方米", "约 0.3亩" → whole m², half-up. A bare number is m². `null` when unreadable. */
export function parseAreaM2(text: string): ParsedArea | null {
  const { body, isApproximate } = cleanArea(text);
  const plain = bare.exec(body) ?? squareMetre.exec(body);
  if (plain?.[1] !== undefined) return { value: Math.round(Number(plain[1])), isApproximate };
  const land = parseAreaMuX100(body);
  return land === null ? null : { value: muX100ToM2(land.value), isApproximate };
}

/** 320 → "3.2亩"; at most two decimals. */
export function formatMu(areaMuX100: number): string {
  return `${formatMuNumber(areaMuX100)}亩`;
}

/** 320 → "3.2": the bare number of 亩. */
export function formatMuNumber(areaMuX100: number): string {
  return String(Number((areaMuX100 / 100).toFixed(2)));
}
