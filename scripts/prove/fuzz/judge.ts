// What is wrong with an answer. Enters: a request and what came of it. Leaves: a complaint by its name, or nothing. The contract
// says what may be answered; what must never be seen in any answer stands here.

import type { Answers, Contract } from './contract.ts';
import type { Shot } from './shot.ts';

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export const complaints = {
  'server error': 'answers 5xx',
  'no answer': 'requests without an answer',
  'off contract': 'answers off our own OpenAPI',
  accepted: 'bad inputs accepted',
  refused: 'valid inputs refused as malformed',
  leak: 'answers that tell of internals',
} as const;

export interface Complaint {
  about: keyof typeof complaints;
  why: string;
}

/** Words of the machine room. What the fuzzer itself sends must match none of them. */
const internals = [
  /\bat (?:async )?[\w.<>]+ \((?:file|node|\/)/,
  /\bat Object\./,
  /node_modules|\bnode:internal/,
  /\/(?:src|dist|platform|work|home|tmp|usr)\/[\w/-]+/,
  /\w\.(?:ts|js|mjs):\d+/,
  /\bE(?:CONN|NOENT|ACCES|PIPE|TIMEDOUT)\w*/,
  /\b(?:FST_ERR|ERR_[A-Z]+|SQLSTATE|HPE_)/,
  /\b(?:insert into|update "|delete from|select .{1,200} from|returning ")/i,
  /\b(?:violates|duplicate key value|invalid input syntax|relation "|column "|constraint "|syntax error at)/,
  /\b(?:drizzle|pg_\w+|postgres(?:ql)?:\/\/|bullmq|fastify|zod|undici)\b/i,
  /\b(?:TypeError|RangeError|ReferenceError|SyntaxError|ZodError|DrizzleQueryError)\b/,
  /cannot read propert|is not a function|unexpected token/i,
];

export function judge(
  shot: Shot,
  { status, headers, body }: Answer,
  contract: Contract,
  secrets: readonly string[],
): Complaint | undefined {
  const text = body.toString('utf8');
  const contentType = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  const isText = /json|text|^$/.test(contentType);
  const told =
    isText && internals.map((pattern) => pattern.exec(`${text}\n${JSON.stringify(headers)}`)?.[0]).find(Boolean);
  if (told) return { about: 'leak', why: `says "${told}"` };
  if (secrets.some((secret) => text.includes(secret))) return { about: 'leak', why: 'says a secret' };
  const isPressure = status === 503 && headers['retry-after'] !== undefined;
  if (status >= 500 && !isPressure) return { about: 'server error', why: `answered ${status}: ${text.slice(0, 300)}` };

  const strange = offContract(shot, { status, contentType, text }, contract);
  if (strange) return { about: 'off contract', why: strange };
  if (isPressure) return undefined;
  if (shot.expects === 'refuse' && status < 400) {
    return { about: 'accepted', why: `answered ${status}, but the request does not fit the contract` };
  }
  if (shot.expects === 'accept' && [400, 405, 406, 413, 414, 415, 428, 431].includes(status)) {
    return { about: 'refused', why: `answered ${status}, but the request fits the contract: ${sayProblem(text)}` };
  }
  return undefined;
}

/** Which answer of the contract this is not. */
function offContract(
  { operation, method }: Shot,
  { status, contentType, text }: { status: number; contentType: string; text: string },
  contract: Contract,
): string | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return text === '' ? undefined : `${status} with a body`;
  if (!operation) {
    // Pages beside the API: the documents of it.
    return status < 400 || isProblem({ status, contentType, text }, contract)
      ? undefined
      : noProblem(status, contentType, text);
  }
  const isOthers = operation.method !== method;
  if (isOthers) {
    return status < 400 || isProblem({ status, contentType, text }, contract)
      ? undefined
      : noProblem(status, contentType, text);
  }
  const answers: Answers | undefined = operation.answers.get(status);
  if (!answers) return `${status} is not documented: ${text.slice(0, 300)}`;
  if (!answers.content.has(contentType))
    return `${status} as "${contentType}" is not documented: ${text.slice(0, 300)}`;
  const fits = answers.content.get(contentType);
  const value = fits && parse(text);
  if (fits && !fits(value)) {
    const [error] = fits.errors ?? [];
    return `the body of ${status} does not fit: ${error?.instancePath} ${error?.message}: ${text.slice(0, 300)}`;
  }
  if (status >= 400) {
    const { status: said, code } = value as { status: number; code: string };
    if (said !== status) return `${status} says that it is ${said}`;
    if (!operation.problemCodes.includes(code)) return `the code ${code} is not documented`;
  }
  return undefined;
}

function isProblem(
  { status, contentType, text }: { status: number; contentType: string; text: string },
  contract: Contract,
) {
  const value = parse(text);
  return (
    contentType === 'application/problem+json' &&
    contract.isProblem(value) &&
    (value as { status: number }).status === status
  );
}

const noProblem = (status: number, contentType: string, text: string) =>
  `${status} as "${contentType}" is no problem: ${text.slice(0, 300)}`;

/** What a problem says, in few words. */
function sayProblem(text: string): string {
  const problem = parse(text) as
    { code?: string; texts?: { en: string }; errors?: { path: string; message: { en: string } }[] } | undefined;
  const errors = problem?.errors?.slice(0, 3).map(({ path, message }) => `${path}: ${message.en}`) ?? [];
  return problem ? [problem.code, problem.texts?.en, ...errors].join('; ') : text.slice(0, 300);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
