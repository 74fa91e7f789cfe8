// For those who keep the service running: is the process alive, and can it do its work?

import { z } from 'zod';
import type { Context } from '../context.ts';
import { platformScope } from '../database.ts';
import { countOutbox } from '../outbox.ts';
import { Problem } from '../problem.ts';
import { operation, type Operation } from './operation.ts';

const readiness = z
  .object({
    status: z.literal('ready'),
    outbox: z.object({
      due: z.int().describe('Reactions that may run now'),
      later: z.int().describe('Reactions that wait for the lists to become quiet'),
      parked: z.int().describe('Reactions that failed too often: a person must look'),
    }),
  })
  .meta({ id: 'Readiness' });

export function healthOperations({ db }: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/healthz',
      id: 'getHealth',
      tag: 'service',
      summary: { zh: '进程是否存活', en: 'Whether the process is alive' },
      permission: 'service:read',
      probe: 'alive',
      reply: {
        status: 200,
        schema: z.object({ status: z.literal('alive') }).meta({ id: 'Health' }),
        example: { status: 'alive' as const },
      },
      handle: async () => ({ status: 'alive' as const }),
    }),
    operation({
      method: 'GET',
      url: '/readyz',
      id: 'getReadiness',
      tag: 'service',
      summary: { zh: '是否可以提供服务', en: 'Whether the service can do its work' },
      permission: 'service:read',
      probe: 'ready',
      reply: {
        status: 200,
        schema: readiness,
        example: { status: 'ready' as const, outbox: { due: 0, later: 1, parked: 0 } },
      },
      async handle() {
        try {
          await db.inScope(platformScope('system:readiness'), (tx) => tx.execute('select 1'));
        } catch (cause) {
          throw new Problem(
            'unavailable',
            { zh: '数据库暂时不可用。', en: 'The database does not answer.' },
            { cause, retryAfterSeconds: 2 },
          );
        }
        return { status: 'ready' as const, outbox: await countOutbox(db) };
      },
    }),
  ];
}
