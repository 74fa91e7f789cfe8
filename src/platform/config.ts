// The settings of one process. Enters: environment variables. Leaves: one typed, frozen Config.
// Read once at start by api.ts, worker.ts and standalone.ts; every mistake is reported at once, none is guessed away.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { suiteNames, type SuiteName } from './sealing/suites.ts';
import { oidcIssuers, type OidcIssuer } from './oidc-issuers.ts';

const port = z.coerce.number().int().min(0).max(65535);
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const key = z
  .string()
  .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64')
  .transform((value) => Buffer.from(value, 'base64'));
const ed25519Key = z.string().transform((value, context): KeyObject => {
  try {
    const key = createPrivateKey({ key: Buffer.from(value, 'base64'), type: 'pkcs8', format: 'der' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Falls through: whatever it is, it is no such key.
  }
  context.addIssue('must be an Ed25519 private key, PKCS#8 DER in base64');
  return z.NEVER;
});

/** `https://portal.example.cn`, several separated by commas: exactly what browsers send as Origin. */
const origins = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''))
  .refine((all) => all.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
    message: 'must be origins such as https://portal.example.cn, without a path, separated by commas',
  });
const perMinute = z.coerce.number().int().min(1).max(1_000_000_000);

const environment = z.object({
  /** The runtime login. Absent: the embedded PostgreSQL is started (standalone only). */
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** The login that owns the tables and runs migrations; the runtime login when absent. */
  MIGRATION_DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** Absent: BullMQ keeps its jobs in PostgreSQL. */
  REDIS_URL: url('redis:', 'rediss:').optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(3000),
  /** Where the embedded database and generated keys live. */
  DATA_FOLDER: z.string().min(1).default('.gongfang'),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Wraps the counties' keys to personal data. Without it and without a file: made once, kept in DATA_FOLDER with mode 0600. */
  PERSONAL_DATA_KEY: key.optional(),
  /** A file that holds it instead, as secret stores mount it. */
  PERSONAL_DATA_KEY_FILE: z.string().min(1).optional(),
  /** The key before this one: still opens what it wrapped, until `rotate-keys` has re-wrapped everything. */
  PERSONAL_DATA_KEY_PREVIOUS: key.optional(),
  /** What new county keys are for; sm4-gcm (国密) only where this Node offers it: official builds do not. */
  SEALING: z.enum(suiteNames).default('aes-256-gcm'),
  /** How long uploaded files with wrong rows are kept to be mended. */
  IMPORT_FILE_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  /** How long after the last withdrawal of a worker's listing the person is erased. */
  WITHDRAWN_PERSON_DAYS: z.coerce.number().int().min(1).max(3650).default(180),
  /** Signs checkpoints of the audit trail. Absent: made once and kept in DATA_FOLDER with mode 0600. */
  AUDIT_SIGNING_KEY: ed25519Key.optional(),
  /** How long the lists must be quiet before a change starts a round of its own, in seconds. */
  MATCH_QUIET_SECONDS: z.coerce.number().min(0).max(86_400).default(60),
  /** JSON: whose access tokens are believed (src/platform/oidc-issuers.ts). */
  OIDC_ISSUERS: oidcIssuers.default([]),
  /** Proxies whose word on the caller's address counts: addresses and CIDR ranges, separated by commas. */
  TRUSTED_PROXIES: z.string().default(''),
  /** Pages of these origins may call from a browser. None: only pages of this service itself. */
  CORS_ORIGINS: origins.default([]),
  /** Requests a minute that one caller may make, by key, session or person; counted in each API process for itself. */
  CALLER_REQUESTS_PER_MINUTE: perMinute.default(1200),
  /** … that may come without a credential from one address (IPv6: one /64). */
  VISITOR_REQUESTS_PER_MINUTE: perMinute.default(300),
  /** … whose credential is not believed, from one address, before credentials from there are not looked at for a while. */
  REFUSED_CREDENTIALS_PER_MINUTE: perMinute.default(30),
  /** Milliseconds that the event loop may lag, as a mean over a second, before requests are refused; 0: never refused. */
  EVENT_LOOP_LAG_MS: z.coerce.number().min(0).max(60_000).default(1000),
  /** Requests are refused while this many wait for a database connection. */
  DATABASE_QUEUE: z.coerce.number().int().min(1).max(100_000).default(200),
  /** Takes POST { phone, text }. Absent: nobody can sign in by phone, unless LOCAL_OUTBOX is set. */
  SMS_GATEWAY_URL: url('http:', 'https:').optional(),
  SMS_GATEWAY_TOKEN: z.string().default(''),
  SMS_TEMPLATE: z
    .string()
    .refine((text) => text.includes('{code}'), 'must contain {code}')
    .default('【共富工坊】验证码 {code},5 分钟内有效,请勿告诉他人。'),
  /** Development only: messages to phones are shown at /dev/outbox, to everybody who can reach it. */
  LOCAL_OUTBOX: z.enum(['true', 'false']).default('false'),
});

export interface Config {
  databaseUrl: string | undefined;
  migrationDatabaseUrl: string | undefined;
  redisUrl: string | undefined;
  host: string;
  port: number;
  dataFolder: string;
  logLevel: z.infer<typeof environment>['LOG_LEVEL'];
  personalDataKey: Buffer | undefined;
  personalDataKeyFile: string | undefined;
  previousPersonalDataKey: Buffer | undefined;
  sealing: SuiteName;
  importFileDays: number;
  withdrawnPersonDays: number;
  auditSigningKey: KeyObject | undefined;
  matchQuietSeconds: number;
  oidcIssuers: readonly OidcIssuer[];
  trustedProxies: readonly string[];
  corsOrigins: readonly string[];
  /** Requests a minute. */
  rateLimits: { caller: number; visitor: number; refusedCredentials: number };
  /** What is too much; requests are refused beyond it. `eventLoopLagMs` 0: any lag is borne. */
  pressure: { eventLoopLagMs: number; databaseQueue: number };
  /** How messages reach phones; undefined: not at all. */
  sms: { template: string; by: { url: string; token: string } | 'local-outbox' } | undefined;
}

export class ConfigProblem extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The settings are not usable:\n${mistakes.map((m) => `  - ${m}`).join('\n')}`);
    this.name = 'ConfigProblem';
    this.mistakes = mistakes;
  }
}

/** @throws ConfigProblem naming every variable that is wrong. Empty strings count as absent, as compose files write them. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigProblem(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const e = parsed.data;
  const hasLocalOutbox = e.LOCAL_OUTBOX === 'true';
  if (hasLocalOutbox && e.SMS_GATEWAY_URL) {
    throw new ConfigProblem(['LOCAL_OUTBOX: must not be set beside SMS_GATEWAY_URL: it shows codes to everybody']);
  }
  const smsBy = e.SMS_GATEWAY_URL
    ? { url: e.SMS_GATEWAY_URL, token: e.SMS_GATEWAY_TOKEN }
    : hasLocalOutbox && ('local-outbox' as const);
  return {
    databaseUrl: e.DATABASE_URL,
    migrationDatabaseUrl: e.MIGRATION_DATABASE_URL,
    redisUrl: e.REDIS_URL,
    host: e.HOST,
    port: e.PORT,
    dataFolder: resolve(e.DATA_FOLDER),
    logLevel: e.LOG_LEVEL,
    personalDataKey: e.PERSONAL_DATA_KEY,
    personalDataKeyFile: e.PERSONAL_DATA_KEY_FILE,
    previousPersonalDataKey: e.PERSONAL_DATA_KEY_PREVIOUS,
    sealing: e.SEALING,
    importFileDays: e.IMPORT_FILE_DAYS,
    withdrawnPersonDays: e.WITHDRAWN_PERSON_DAYS,
    auditSigningKey: e.AUDIT_SIGNING_KEY,
    matchQuietSeconds: e.MATCH_QUIET_SECONDS,
    oidcIssuers: e.OIDC_ISSUERS,
    trustedProxies: e.TRUSTED_PROXIES.split(/[\s,]+/).filter((range) => range !== ''),
    corsOrigins: e.CORS_ORIGINS,
    rateLimits: {
      caller: e.CALLER_REQUESTS_PER_MINUTE,
      visitor: e.VISITOR_REQUESTS_PER_MINUTE,
      refusedCredentials: e.REFUSED_CREDENTIALS_PER_MINUTE,
    },
    pressure: { eventLoopLagMs: e.EVENT_LOOP_LAG_MS, databaseQueue: e.DATABASE_QUEUE },
    sms: smsBy ? { template: e.SMS_TEMPLATE, by: smsBy } : undefined,
  };
}
