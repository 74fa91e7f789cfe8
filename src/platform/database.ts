// The door to PostgreSQL. Enters: a scope (who looks, and over which divisions) and a function. Leaves: what the function
// returned, after one transaction. Every business row is behind row-level security: outside `inScope` nothing is visible.

import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import { sql, type SQL } from 'drizzle-orm';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { customType, type AnyPgColumn, type PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { divisionRange } from '../vocabulary/division-code.ts';
import { migrateQueueSchema } from './queue-schema.ts';

/**
 * What every store works with: one open transaction, already scoped. Drizzle's own `transaction` is taken away: on a
 * connection of ours it would send `begin … commit` and end the transaction, and with it the scope. See `inSavepoint`.
 */
export type Transaction = Omit<PgDatabase<NodePgQueryResultHKT>, 'transaction'>;

/**
 * Who looks, as row-level security understands it.
 * `lo`/`hi` bound the division codes that may be seen (county 330803: '330803' to '330803:'), `audience` narrows further:
 * `division` sees all rows there (officials, workers of the queue), `public` only what is published, a party's id only
 * what is published and its own.
 */
export interface Scope {
  lo: string;
  hi: string;
  audience: 'public' | 'division' | (string & {});
  /** For the audit trail: who acts, and in which request or job. */
  actor: string;
  requestId: string;
  /** The transaction that everything done in this scope is part of. Without it each `inScope` is one of its own. */
  within?: OpenTransaction | undefined;
}

/** One transaction for several scopes, one after the other: see `inOneTransaction`. */
export interface OpenTransaction {
  join: <T>(scope: Scope, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}

/**
 * All rows of all divisions: only for the platform's own work (looking up keys, sweeps), never for a caller.
 * A transaction of its own, which outlives a refused request.
 */
export function platformScope(actor: string, requestId = ''): Scope {
  return { lo: '0', hi: ':', audience: 'division', actor, requestId };
}

/** The platform's own work as a part of somebody's call: it stands or falls with the rest of the call. */
export function platformScopeWithin({ requestId, within }: Scope, actor: string): Scope {
  return { ...platformScope(actor, requestId), within };
}

export interface Database {
  pool: pg.Pool;
  /** Runs `work` in one transaction as `scope`; commits when it resolves, rolls back when it throws. */
  inScope<T>(scope: Scope, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * One transaction around several `inScope`: those of a scope made from it with `within` are savepoints of it, one after the
   * other, each as whoever it says. Everything commits when `work` resolves, nothing when it throws.
   */
  inOneTransaction<T>(scope: Scope, work: (tx: Transaction, within: OpenTransaction) => Promise<T>): Promise<T>;
  /** How many wait for a connection just now. */
  countWaiting(): number;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  poolSize?: number;
  onError?: (error: Error) => void;
}

/** The role that all runtime statements run as: no table is its own, so FORCE ROW LEVEL SECURITY holds for it always. */
const APP_ROLE = 'gongfang_app';
export const runAsAppRole = `-c role=${APP_ROLE}`;

export function openDatabase({ url, poolSize = 10, onError = () => {} }: DatabaseOptions): Database {
  const open = (max: number): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      options: runAsAppRole,
      application_name: 'gongfang',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 60_000,
      query_timeout: 65_000,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
    });
    // Without listeners a connection that dies while idle, or while checked out, would end the process.
    pool.on('error', onError);
    pool.on('connect', (client) => client.on('error', onError));
    return pool;
  };
  const pool = open(poolSize);
  // What holds a transaction open around several scopes may need another one meanwhile: from the same pool, enough of them
  // would wait for each other until all fail.
  const outerPool = open(Math.ceil(poolSize / 2));

  async function inTransaction<T>(
    from: pg.Pool,
    scope: Scope,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    const client = await from.connect();
    let broken: Error | undefined;
    try {
      await client.query(`begin;${actAs(scope)}`);
      try {
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        // A failed rollback means the connection is gone: it must not return to the pool with settings of this scope.
        await client.query('rollback').catch((e: Error) => (broken = e));
        throw error;
      }
    } catch (error) {
      const bare = withoutValues(error);
      if (bare instanceof Error && 'code' in bare && String(bare.code).startsWith('57P')) broken = bare;
      throw bare;
    } finally {
      client.release(broken);
    }
  }

  return {
    pool,
    inScope(scope, work) {
      if (scope.within) return scope.within.join(scope, work);
      return inTransaction(pool, scope, (client) => work(drizzle(client)));
    },
    inOneTransaction(scope, work) {
      return inTransaction(outerPool, scope, async (client) => {
        const { join, end } = joinable(client, scope);
        try {
          return await work(drizzle(client), { join });
        } finally {
          await end();
        }
      });
    },
    countWaiting: () => pool.waitingCount + outerPool.waitingCount,
    close: async () => void (await Promise.all([pool.end(), outerPool.end()])),
  };
}

/** Inside of which joined transaction the code at hand runs. One for all: Node 20 never lets go of a storage that once ran. */
const inside = new AsyncLocalStorage<object>();

/** Lets one scope at a time into the transaction of `client`, as a savepoint; then it is `outer`'s again. */
function joinable(client: pg.PoolClient, outer: Scope): OpenTransaction & { end: () => Promise<void> } {
  const self = {};
  let last: Promise<unknown> = Promise.resolve();
  let hasEnded = false;

  async function inSavepointAs<T>(scope: Scope, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (hasEnded) throw new Error('the transaction of this call has ended');
    await client.query(`savepoint joined;${actAs(scope)}`);
    try {
      const result = await work(drizzle(client));
      await client.query(`release savepoint joined;${actAs(outer)}`);
      return result;
    } catch (error) {
      // Takes the settings back too. When even this fails the connection is gone, and the transaction with it.
      await client.query('rollback to savepoint joined; release savepoint joined').catch(() => {});
      throw withoutValues(error);
    }
  }

  return {
    async join(scope, work) {
      // It would wait for itself; let in at once, its settings would be those that the rest of the other scope runs under.
      if (inside.getStore() === self) throw new Error('inScope inside inScope of the same transaction');
      const mine = last.then(() => inside.run(self, () => inSavepointAs(scope, work)));
      last = mine.catch(() => {});
      return mine;
    },
    /** Whoever was not waited for must not go on after commit, outside of any transaction. */
    async end() {
      hasEnded = true;
      await last;
    },
  };
}

/**
 * Errors end in logs and in the outbox. Those of a statement carry its parameters, and PostgreSQL's own words the row it refused:
 * somebody's search for a name must not stand there. What is left: the statement, the code, the constraint.
 */
function withoutValues(error: unknown): unknown {
  const refusal = error instanceof DrizzleQueryError ? error.cause : error;
  if (!(refusal instanceof pg.DatabaseError)) return refusal ?? new Error('a statement failed without a cause');
  for (const field of ['detail', 'where', 'internalQuery', 'hint'] as const) delete refusal[field];
  // Data exceptions quote the value that they could not take.
  if (refusal.code?.startsWith('22')) refusal.message = `a value was not acceptable (SQLSTATE ${refusal.code})`;
  refusal.stack = `${refusal.name}: ${refusal.message}`;
  return error instanceof DrizzleQueryError ? Object.assign(refusal, { statement: error.query }) : refusal;
}

/** A part of a transaction that can be undone alone: rolled back when `work` throws, and the error goes on. */
export async function inSavepoint<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  await tx.execute('savepoint part');
  try {
    const result = await work();
    await tx.execute('release savepoint part');
    return result;
  } catch (error) {
    await tx.execute('rollback to savepoint part');
    throw error;
  }
}

/** Settings to the end of the transaction or savepoint. One message: five round trips would cost more than most reads. */
function actAs(scope: Scope): string {
  const setting = (name: string, value: string) => `set local app.${name} = ${pg.escapeLiteral(value)}`;
  return [
    setting('lo', scope.lo),
    setting('hi', scope.hi),
    setting('audience', scope.audience),
    setting('actor', scope.actor),
    setting('request_id', scope.requestId),
  ].join(';');
}

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings a database to the current schema: our migrations, then BullMQ's tables beside them. Safe to run from several
 * processes at once: an advisory lock lets one through. `url` must be a login that may create roles and own tables.
 */
export async function prepareDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'gongfang-migrate' });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('gongfang-migrate'))`);
    await migrate(drizzle(client), { migrationsFolder });
    await migrateQueueSchema(client, APP_ROLE);
  } finally {
    await client.end();
  }
}

/** A division code as the path of row-level security: compared byte by byte, whatever the database's locale. */
export const region = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });

/** Bytes: what is sealed or packed. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** Bytes under a county's key: a domain of its own, so that the catalogue tells where personal data lies (key rotation). */
export const sealed = customType<{ data: Buffer }>({ dataType: () => 'sealed' });

/** Rows of this division and all below it: the same half-open range as row-level security, which an index serves. */
export function withinDivision(column: AnyPgColumn, divisionCode: string): SQL {
  const { lo, hi } = divisionRange(divisionCode);
  return sql`${column} >= ${lo} and ${column} < ${hi}`;
}

/** Writes many rows in statements of at most `size`: PostgreSQL takes 65,535 parameters each. */
export async function inParts<Row>(
  rows: readonly Row[],
  write: (part: Row[]) => Promise<unknown>,
  size = 1000,
): Promise<void> {
  for (let at = 0; at < rows.length; at += size) await write(rows.slice(at, at + size));
}

/** The SQLSTATE of a failed statement, also when drizzle has wrapped it. */
export function sqlState(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code)) return e.code;
  }
  return undefined;
}

/** The name of the constraint that refused a statement, when one did. */
export function violatedConstraint(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('constraint' in e && typeof e.constraint === 'string') return e.constraint;
  }
  return undefined;
}
