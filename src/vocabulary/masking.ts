// Masking 脱敏: the shape in which personal values leave the service unless somebody is entitled to the clear value.
// CONVENTIONS 2.3: 张*, 欧阳*, 138****0000, 3308**********0013.

const doubleSurnames = new Set(
  '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐'.split(
    ' ',
  ),
);

/** 张三丰 → 张*, 欧阳修 → 欧阳*. A name of one character is hidden whole. */
export function maskName(name: string): string {
  const characters = [...name.trim()];
  if (characters.length < 2) return characters.length === 0 ? '' : '*';
  const firstTwo = characters.slice(0, 2).join('');
  return characters.length > 2 && doubleSurnames.has(firstTwo) ? `${firstTwo}*` : `${characters[0]}*`;
}

/** 13800001234 → 138****1234; 0570-3838383 → 0570-****383. Anything else is hidden whole. */
export function maskPhone(phone: string): string {
  if (/^\d{11}$/.test(phone)) return `${phone.slice(0, 3)}****${phone.slice(7)}`;
  const landline = /^(0\d{2,3})-(\d{7,8})$/.exec(phone);
  if (landline !== null) return `${landline[1]}-****${landline[2]?.slice(-3) ?? ''}`;
  return '*'.repeat(phone.length);
}

/** 330803195803150013 → 3308**********0013. Anything but 18 characters is hidden whole. */
export function maskIdNumber(idNumber: string): string {
  if (idNumber.length !== 18) return '*'.repeat(idNumber.length);
  return `${idNumber.slice(0, 4)}${'*'.repeat(10)}${idNumber.slice(14)}`;
}
