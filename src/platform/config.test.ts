import { describe, expect, it } from 'vitest';
import { ConfigProblem, readConfig } from './config.ts';

describe('the settings', () => {
  it('are complete without any variable, and an empty one counts as absent', () => {
    expect(readConfig({ REDIS_URL: '' })).toMatchObject({ host: '127.0.0.1', port: 3000, redisUrl: undefined });
  });

  it('are refused with every mistake at once, each by its name', () => {
    const wrong = { DATABASE_URL: 'mysql://x', REDIS_URL: 'nonsense', PORT: 'abc', PERSONAL_DATA_KEY: 'c2hvcnQ=' };
    const read = () => readConfig(wrong);
    expect(read).toThrow(ConfigProblem);
    for (const name of Object.keys(wrong)) expect(read).toThrow(name);
  });
});
