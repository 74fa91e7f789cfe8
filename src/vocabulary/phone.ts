// Telephone numbers as villages write them: mobile, or landline of a village office. A phone is never a person's key:
// one phone often serves a household (CONVENTIONS 2.4).

export const mobilePattern = /^1[3-9]\d{9}$/;
export const landlinePattern = /^0\d{2,3}-\d{7,8}$/;
export const phonePattern = /^(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8})$/;

/**
 * "+86 138 0000 0000", "13800000000", "0570 3838383", "(0570)3838383" → 13800000000 or 0570-3838383.
 * Returns the cleaned text as it is when it is neither.
 */
export function normalisePhone(text: string): string {
  const digits = text
    .normalize('NFKC')
    .replace(/[\s\-‐-―()()]/g, '')
    .replace(/^(?:\+|00)?86(?=1[3-9]\d{9}$|0?\d{9,11}$)/, '');
  // 010 and 02x are the three-digit area codes, all others have four.
  const landline = /^(01\d|02\d|0[3-9]\d{2})(\d{7,8})$/.exec(digits);
  return landline === null ? digits : `${landline[1]}-${landline[2]}`;
}

export function isMobile(phone: string): boolean {
  return mobilePattern.test(phone);
}

export function isLandline(phone: string): boolean {
  return landlinePattern.test(phone);
}

/** True for a normalised mobile or landline number. */
export function isPhone(phone: string): boolean {
  return phonePattern.test(phone);
}
