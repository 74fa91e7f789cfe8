// Where the linters are right in general and not here. Each line has a reason that holds for the whole contract.

export interface Exception {
  rule: string;
  /** Only findings whose path begins so; all when left out. */
  at?: string;
  reason: string;
}

export const exceptions: readonly Exception[] = [
  {
    rule: 'license-url',
    reason: 'OpenAPI 3.1 allows a licence either its SPDX identifier or a URL: the identifier is exact',
  },
  {
    rule: 'info-contact',
    reason: 'Every county runs a service of its own: an address in the contract would be wrong for all but one',
  },
  {
    rule: 'openapi-tags-alphabetical',
    reason: 'Tags stand in the order of the rooms, as a reader meets them',
  },
  {
    rule: 'owasp:api4:2023-rate-limit',
    at: 'paths./healthz.',
    reason: 'A probe is never counted: whoever watches the service must not be refused because it asks often',
  },
  {
    rule: 'owasp:api4:2023-rate-limit',
    at: 'paths./readyz.',
    reason: 'As /healthz',
  },
  ...['paths./v1/unmatched.get.responses.200.content', 'components.schemas.Unmatched'].map((at) => ({
    rule: 'owasp:api8:2023-define-cors-origin',
    at,
    reason: 'A hint says with which headers to ask: the rule takes its field `headers` for those of an answer',
  })),
  {
    rule: 'owasp:api4:2023-string-restricted',
    reason:
      'Names, titles and reasons are free Chinese text: length is bounded and control characters are refused. A pattern that ' +
      'takes everything would satisfy the rule and say nothing; whatever has a shape (codes, ids, dates) has its pattern or format',
  },
];

/** Rules about size, held against what is sent to us: an answer is as long as what was taken in, or as our own sentences. */
export const inputRules = {
  'owasp:api4:2023-string-limit': 'string',
  'owasp:api4:2023-array-limit': 'array',
} as const;

/** Packages whose licence their package.json does not say, and why they are here all the same. */
export const withoutLicence: Record<string, string> = {
  buffers:
    'Published by the author of `binary`, which is MIT, as a part of it, without a licence of its own; exceljs brings both through ' +
    'unzipper 0.10',
};
