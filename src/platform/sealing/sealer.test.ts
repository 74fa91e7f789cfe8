import { describe, expect, it } from 'vitest';
import { StartProblem } from '../start-problem.ts';
import { createKeyRing, sealerOf, type CountyKeyRow, type KeyEncryptionKeys } from './sealer.ts';
import { requireSuite, suiteNames } from './suites.ts';

const [kek, nextKek] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];
const ringOf = (...keks: KeyEncryptionKeys) => createKeyRing(keks, 'aes-256-gcm');
const ring = ringOf(kek);

/** A row as the database would give it back. */
const rowOf = (made: ReturnType<typeof ring.make>): CountyKeyRow => ({
  ...made,
  createdAt: new Date(),
  retiredAt: null,
});
const keysOf = (county: string) => [rowOf(ring.make(county, 'seal', 1)), rowOf(ring.make(county, 'index', 1))];

const rows = keysOf('330803');
const sealer = sealerOf('330803', rows, ring.unwrap);

describe('sealed personal data', () => {
  it('opens again for its own county and never looks the same twice', () => {
    const [once, again] = [sealer.seal('示例甲'), sealer.seal('示例甲')];
    expect(sealer.open(once).toString()).toBe('示例甲');
    expect(once.equals(again)).toBe(false);
    expect(once.includes(Buffer.from('示例甲'))).toBe(false);
  });

  it('opens neither for another county, nor with its keys, nor after any byte was changed', () => {
    const sealed = sealer.seal('示例甲');
    expect(() => sealerOf('330802', keysOf('330802'), ring.unwrap).open(sealed)).toThrow();
    // Even with the very same key: the county is bound in.
    const [{ key }] = [{ key: ring.unwrap(rows[0] as CountyKeyRow) }];
    expect(() => sealerOf('330802', rows, () => key).open(sealed)).toThrow();
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => sealer.open(altered)).toThrow();
    }
  });

  it('opens after a new data key too, and is sealed with the newest', () => {
    const before = sealer.seal('示例甲');
    const rotated = sealerOf('330803', [rowOf(ring.make('330803', 'seal', 2)), ...rows], ring.unwrap);
    expect(rotated.open(before).toString()).toBe('示例甲');
    const after = rotated.seal('示例甲');
    expect(after.readUInt16BE(1)).toBe(2);
    expect(() => sealer.open(after)).toThrow('a key that is not there');
  });

  it('finds the same value again by its index, after a rotation too, and tells nothing across counties', () => {
    const rotated = sealerOf('330803', [rowOf(ring.make('330803', 'seal', 2)), ...rows], ring.unwrap);
    expect(sealer.blindIndex('x')).toBe(rotated.blindIndex('x'));
    expect(sealer.blindIndex('x')).not.toBe(sealer.blindIndex('y'));
    expect(sealer.blindIndex('x')).not.toBe(sealerOf('330802', keysOf('330802'), ring.unwrap).blindIndex('x'));
  });
});

describe('a county’s key', () => {
  const [row] = rows as [CountyKeyRow];

  it('opens with the key that wrapped it only, and not as the key of another county, purpose or version', () => {
    expect(() => ringOf(nextKek).unwrap(row)).toThrow('not configured');
    for (const moved of [{ region: '330802' }, { purpose: 'index' as const }, { version: 2 }]) {
      expect(() => ring.unwrap({ ...row, ...moved })).toThrow();
    }
  });

  it('stays the same key under a new wrapping, and is not readable in either', () => {
    const taking = ringOf(nextKek, kek);
    const rewrapped = { ...row, ...taking.rewrap(row) };
    expect(ringOf(nextKek).unwrap(rewrapped)).toEqual(ring.unwrap(row));
    expect(rewrapped.kekId).not.toBe(row.kekId);
    for (const { wrapped } of [row, rewrapped]) expect(wrapped.includes(ring.unwrap(row))).toBe(false);
  });
});

describe('国密', () => {
  it('is refused with what to do where the runtime has no SM4-GCM', () => {
    expect(() => requireSuite('sm4-gcm', { ciphers: ['aes-256-gcm', 'sm4-cbc'], hashes: ['sm3'] })).toThrow(
      StartProblem,
    );
    expect(() => requireSuite('sm4-gcm', { ciphers: ['sm4-gcm'], hashes: ['sha256'] })).toThrow(
      /set SEALING=aes-256-gcm/,
    );
  });

  const offered = suiteNames.filter((name) => {
    try {
      requireSuite(name);
      return true;
    } catch {
      return false;
    }
  });

  it('seals, opens and finds again with every suite that this runtime has', () => {
    expect(offered).toContain('aes-256-gcm');
    for (const suite of offered) {
      const own = createKeyRing([kek], suite);
      const keys = [rowOf(own.make('330803', 'seal', 1)), rowOf(own.make('330803', 'index', 1))];
      const sealing = sealerOf('330803', keys, own.unwrap);
      expect(sealing.open(sealing.seal('示例甲')).toString()).toBe('示例甲');
      expect(sealing.blindIndex('x')).toBe(sealing.blindIndex('x'));
    }
  });
});
