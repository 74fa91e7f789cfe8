// The one error boundary. Enters: anything thrown while answering. Leaves: an RFC 9457 answer in the caller's language.
// Unknown errors are logged once, here, and answered as `internal` without a word of what happened inside.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { en, zhCN } from 'zod/v4/locales';
import { shapeText } from '../../vocabulary/shapes.ts';
import type { Language, Text } from '../../vocabulary/text.ts';
import type { Log } from '../context.ts';
import { sqlState } from '../database.ts';
import { Problem, problemKinds, type FieldError, type ProblemCode } from '../problem.ts';
import { textSchema } from './wire.ts';

export const problemSchema = z
  .object({
    type: z.string().describe('A URN that names the code: urn:gongfang:problem:<code>'),
    title: z.string().describe('The kind of problem, in the language of Accept-Language (zh when not said)'),
    status: z.int(),
    code: z
      .enum(Object.keys(problemKinds) as [ProblemCode, ...ProblemCode[]])
      .describe('Stable: branch on this, not on words'),
    detail: z.string().optional().describe('This case, in the same language'),
    texts: textSchema.describe('Title and detail in both languages'),
    errors: z
      .array(
        z.object({
          path: z.string().describe('JSON path of the field, e.g. body.attributes.areaM2'),
          message: textSchema,
        }),
      )
      .optional(),
    requestId: z.string().describe('Say this when you ask for help'),
  })
  .meta({ id: 'Problem' });

export type ProblemBody = z.infer<typeof problemSchema>;

export function problemBody(problem: Problem, language: Language, requestId: string): ProblemBody {
  const { title } = problemKinds[problem.code];
  const { detail } = problem;
  return {
    type: `urn:gongfang:problem:${problem.code}`,
    title: title[language],
    status: problem.status,
    code: problem.code,
    ...(detail && { detail: detail[language] }),
    texts: { zh: detail?.zh ?? title.zh, en: detail?.en ?? title.en },
    ...(problem.errors.length > 0 && { errors: [...problem.errors] }),
    requestId,
  };
}

export function languageOf(acceptLanguage: string | undefined): Language {
  return /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh';
}

/** Whether the caller says to be somebody. */
export function hasCredential({ headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined || headers['x-api-key'] !== undefined;
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (problem.status === 401) {
    // Whoever is believed is never answered 401: with a credential it means that this one is worth nothing.
    const { challenge = hasCredential(request) ? 'error="invalid_token"' : undefined } = problem;
    void reply.header('www-authenticate', ['Bearer realm="gongfang"', challenge].filter(Boolean).join(', '));
  }
  const { retryAfterSeconds = problem.status === 503 ? 5 : undefined } = problem;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  const language = languageOf(request.headers['accept-language']);
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .header('content-language', language)
    .serializer(JSON.stringify)
    .send(problemBody(problem, language, request.id));
}

/** Turns whatever was thrown into a Problem and logs it when it is ours to mend. */
export function toProblem(error: unknown, log: Log, requestId: string): Problem {
  const problem = error instanceof Problem ? error : (fromFramework(error) ?? fromDatabase(error));
  if (problem && problem.status < 500) return problem;
  log.error({ err: error, requestId }, 'request failed');
  return problem ?? new Problem('internal', undefined, { cause: error });
}

const locales = { zh: zhCN().localeError, en: en().localeError };

/**
 * What does not fit the schema that the contract publishes is malformed. What fits it and is wrong all the same (a check digit,
 * an end before its beginning) can be read, but not be carried out: no program could have known it from the contract.
 */
export function wrongFields(issues: readonly z.core.$ZodIssue[], at: string): Problem {
  const code = issues.every(isBeyondContract) ? 'unprocessable' : 'invalid-input';
  return new Problem(code, undefined, { errors: fieldErrors(issues, at) });
}

function isBeyondContract(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'custom') return true;
  return (
    issue.code === 'invalid_union' && issue.errors.some((branch) => branch.length > 0 && branch.every(isBeyondContract))
  );
}

/** One field error per issue, in both languages; custom checks carry their own Text in `params.text`. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], at: string): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [at, ...issue.path, isFieldName(key) ? key : '?'].map(String).join('.'),
        message: unknownField,
      }));
    }
    return [{ path: [at, ...issue.path].map(String).join('.'), message: issueText(issue) }];
  });
}

/** A misspelt field is worth repeating; what else stands in its place may be somebody's name or number. */
const isFieldName = (key: string) => /^[A-Za-z_]\w{0,40}$/.test(key);

const unknownField: Text = { zh: '没有这个字段,请检查拼写', en: 'there is no such field, check its spelling' };

function issueText(issue: z.core.$ZodIssue): Text {
  if (issue.code === 'custom' && issue.params && 'text' in issue.params) return issue.params['text'] as Text;
  if (issue.code === 'invalid_format' && issue.format === 'regex') return shapeText(issue.pattern);
  const say = (language: Language): string => {
    const said = locales[language](issue as z.core.$ZodRawIssue);
    return (typeof said === 'string' ? said : said?.message) ?? issue.message;
  };
  return { zh: say('zh'), en: say('en') };
}

const frameworkProblems: Record<string, ProblemCode> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad-request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad-request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad-request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_BAD_URL: 'bad-request',
  FST_ERR_MAX_PARAM_LENGTH: 'bad-request',
  FST_ERR_ASYNC_CONSTRAINT: 'bad-request',
};

function fromFramework(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && frameworkProblems[String(error.code)];
  if (code) return new Problem(code, undefined, { cause: error });
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? new Problem('bad-request', undefined, { cause: error }) : undefined;
}

/** SQLSTATE → problem, for what constraints and timeouts refuse. */
const databaseProblems: Record<string, ProblemCode> = {
  // Characters that are valid in JSON, but in no text of the database: U+0000, halves of a pair.
  '22021': 'invalid-input',
  '22P02': 'invalid-input',
  '22P05': 'invalid-input',
  '23505': 'conflict',
  '23503': 'conflict',
  '23P01': 'conflict',
  '23514': 'unprocessable',
  '42501': 'forbidden',
  '40001': 'unavailable',
  '40P01': 'unavailable',
  '55P03': 'unavailable',
  '57014': 'unavailable',
  '57P01': 'unavailable',
  '57P03': 'unavailable',
  '53300': 'unavailable',
};

function fromDatabase(error: unknown): Problem | undefined {
  const state = sqlState(error);
  const code = state && (databaseProblems[state] ?? (state.startsWith('08') ? 'unavailable' : undefined));
  if (code)
    return new Problem(code, undefined, { cause: error, ...(code === 'unavailable' && { retryAfterSeconds: 1 }) });
  const isUnreachable =
    error instanceof Error && /ECONNREFUSED|ECONNRESET|timeout exceeded|Connection terminated/.test(error.message);
  return isUnreachable ? new Problem('unavailable', undefined, { cause: error, retryAfterSeconds: 1 }) : undefined;
}
