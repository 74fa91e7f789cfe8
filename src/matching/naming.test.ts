import { describe, expect, it } from 'vitest';
import { nameText } from './naming.ts';

const order = '01a2000c-27a3-73ea-9919-361272e1e381';
const nameOf = (id: string) => (id === order ? { zh: '棉袜缝头', en: 'sock toes' } : undefined);

describe('names in the texts of the engine', () => {
  it('replace listing ids and codes of skills, machines and land', () => {
    const named = nameText(
      {
        zh: `订单“${order}”缺 12 小时“toe-linking”,需要 homestead`,
        en: `order "${order}" lacks 12 h of "toe-linking"`,
      },
      nameOf,
    );
    expect(named.zh).toBe('订单“棉袜缝头”缺 12 小时“缝袜头”,需要 宅基地');
    expect(named.en).toBe('order "sock toes" lacks 12 h of "sock toe linking"');
  });

  it('leave alone what they do not know, and a code inside a longer word', () => {
    const text = { zh: 'packing-station-7 与 m2', en: 'packing and "packing-station-7"' };
    expect(nameText(text, nameOf)).toEqual(text);
  });
});
