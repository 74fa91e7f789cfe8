// Money in integers: amounts in 分 (fen), unit prices in 厘 (li, 1/1000 yuan). Text goes in once, at the edge.
// Rounding is half-up and happens once, where a sum of 厘 becomes 分 (CONVENTIONS 2.9: never per piece).

export const fenPerYuan = 100;
export const liPerYuan = 1000;

const yuanPattern = /^([+-]?)(\d{1,12})(?:\.(\d+))?$/;

/** Yuan as typed ("1,234.5", "0.07元", "¥12") → integer of 1/`scale` yuan; `null` when it is no amount or finer than that unit. */
function parseYuan(text: string, scale: number): number | null {
  const bare = text
    .normalize('NFKC')
    .replace(/[,\s]/g, '')
    .replace(/^[¥¥]/, '')
    .replace(/(?:人民币|元|圆|块)$/, '');
  const match = yuanPattern.exec(bare);
  if (match === null) return null;
  const decimals = Math.round(Math.log10(scale));
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return null;
  const units = Number(match[2]) * scale + Number(fraction.padEnd(decimals, '0') || '0');
  return match[1] === '-' && units > 0 ? -units : units;
}

/** "12.34元" → 1234. Refuses (`null`) more than two decimals: the writer must decide, not the rounding. */
export function parseYuanToFen(text: string): number | null {
  return parseYuan(text, fenPerYuan);
}

/** "0.035" → 35 厘. Refuses (`null`) more than three decimals. */
export function parseYuanToLi(text: string): number | null {
  return parseYuan(text, liPerYuan);
}

function formatUnits(units: number, scale: number, decimalsMin: number): string {
  const decimals = Math.round(Math.log10(scale));
  const whole = Math.floor(Math.abs(units) / scale);
  let fraction = String(Math.abs(units) % scale).padStart(decimals, '0');
  while (fraction.length > decimalsMin && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  const sign = units < 0 ? '-' : '';
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** 1234 → "12.34"; always two decimals. */
export function formatFenAsYuan(fen: number): string {
  return formatUnits(fen, fenPerYuan, 2);
}

/** 35 → "0.035", 200 → "0.20"; two or three decimals. */
export function formatLiAsYuan(li: number): string {
  return formatUnits(li, liPerYuan, 2);
}

/** Integer division a/b rounded half away from zero ("half-up" of book-keeping). */
export function divideHalfUp(dividend: number, divisor: number): number {
  const quotient = Math.floor((Math.abs(dividend) * 2 + divisor) / (divisor * 2));
  return dividend < 0 && quotient > 0 ? -quotient : quotient;
}

/** Pieces × unit price, summed over all rows, rounded to 分 once. */
export function settlePieces(rows: readonly { pieces: number; pieceRateLi: number }[]): number {
  return divideHalfUp(
    rows.reduce((sumLi, row) => sumLi + row.pieces * row.pieceRateLi, 0),
    liPerYuan / fenPerYuan,
  );
}

/** A monthly rate as a weekly one: 12 months are 52 weeks; e.g. rent 分/㎡/月 → 分/㎡/周. */
export function fenPerMonthToFenPerWeek(fenPerMonth: number): number {
  return divideHalfUp(fenPerMonth * 12, 52);
}

/** Splits a sum by weights without losing a unit: largest remainder first, ties to the earlier share (101 by 4:4:2:1 keeps 101). */
export function splitByLargestRemainder(total: number, weights: readonly number[]): number[] {
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  if (weightSum <= 0) return weights.map(() => 0);
  const shares = weights.map((weight) => Math.floor((total * weight) / weightSum));
  let left = total - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % weightSum }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    left -= 1;
  }
  return shares;
}
