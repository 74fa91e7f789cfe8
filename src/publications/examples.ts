// Examples of the contract. The contract test holds each against its schema.

import { stateLabels } from './machine.ts';

const publicKey =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n';
const entriesHash = '4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a';
const listingId = '019aa5c2-7c00-7000-8000-000000000020';

const publication = {
  id: '019aa5c2-7c00-7000-8000-000000000060',
  list: 'resources' as const,
  divisionCode: '330803114',
  place: '衢江区高家镇',
  state: 'published' as const,
  stateLabel: stateLabels.published,
  number: 3,
  asOf: '2026-11-21',
  entryCount: 1,
  entriesHash,
  author: '衢江区高家镇',
  approver: '衢江区',
  reasons: null,
  signature: {
    algorithm: 'Ed25519' as const,
    publicKey,
    signedText:
      `["gongfang/list-publication/1","019aa5c2-7c00-7000-8000-000000000060","resources","330803114","3","2026-11-21",` +
      `"330803114","330803","2026-11-21T02:00:00.000Z","1","${entriesHash}","0a1b2c3d4e5f6071"]`,
    value: `${'A'.repeat(86)}==`,
  },
  createdAt: '2026-11-21T01:00:00.000Z',
  publishedAt: '2026-11-21T02:00:00.000Z',
};

export const examples = {
  publication,
  draft: {
    ...publication,
    ...{ state: 'draft' as const, stateLabel: stateLabels.draft, number: null },
    ...{ approver: null, signature: null, publishedAt: null },
  },
  entry: {
    subject: listingId,
    listingId,
    listingVersion: 4,
    content: { kind: 'workshop', title: '湖仁红共富工坊', place: '高家镇湖仁村', attributes: { areaM2: 220 } },
    contentHash: entriesHash,
  },
  difference: {
    subject: listingId,
    change: 'changed' as const,
    title: '湖仁红共富工坊',
    fields: [{ path: 'attributes.areaM2', label: { zh: '面积(平方米)', en: 'Area, m²' }, before: 220, after: 240 }],
  },
  changes: {
    items: [{ listingId, change: 'withdrawn' as const, listing: null }],
    nextSince: 'WyI4NDEiLCIwMTlhYTVjMi03YzAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMjAiXQ',
    hasMore: false,
  },
  signingKey: { keyId: '0a1b2c3d4e5f6071', algorithm: 'Ed25519' as const, publicKey },
};
