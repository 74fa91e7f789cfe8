import { expect, test } from 'vitest';
import { createTurns } from './idempotency.ts';

const answer = { answer: { status: 200, headers: {}, body: Buffer.from('{}') }, isReplay: false };

test('twins of one process share what the first hears, and one of them carries it out', async () => {
  const takeTurns = createTurns();
  let carriedOut = 0;
  const attempt = async () => {
    await Promise.resolve();
    carriedOut += 1;
    return answer;
  };
  const heard = await Promise.all(Array.from({ length: 50 }, () => takeTurns('a', attempt)));
  expect(carriedOut).toBe(1);
  expect(heard).toEqual([answer, ...Array.from({ length: 49 }, () => ({ ...answer, isReplay: true }))]);
});

test('when the first of them fails the next one tries', async () => {
  const takeTurns = createTurns();
  let tried = 0;
  const attempt = async () => {
    await Promise.resolve();
    tried += 1;
    if (tried === 1) throw new Error('refused');
    return answer;
  };
  const heard = await Promise.allSettled([takeTurns('a', attempt), takeTurns('a', attempt), takeTurns('b', attempt)]);
  expect(heard.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
});

test('while another process carries it out one of them looks again, until patience ends', async () => {
  const takeTurns = createTurns(120);
  let looked = 0;
  const attempt = async () => {
    await Promise.resolve();
    looked += 1;
    return undefined;
  };
  const heard = await Promise.allSettled(Array.from({ length: 50 }, () => takeTurns('a', attempt)));
  for (const each of heard) {
    expect(each).toMatchObject({ reason: { code: 'idempotency-key-in-use', retryAfterSeconds: 1 } });
  }
  expect(looked).toBeLessThan(10);
  expect(await takeTurns('a', () => Promise.resolve(answer))).toBe(answer);
});
