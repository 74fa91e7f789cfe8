// What makes a publication provable. Enters: its entries and what stands above them. Leaves: hashes, and a text that is signed with
// the key of the audit checkpoints (Ed25519). Whoever has the entries and the public key needs nothing else of ours to verify it.

import { createHash, sign } from 'node:crypto';
import { canonicalJson } from '../lists/index.ts';
import type { SigningKey } from '../platform/audit/index.ts';

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

/** Of JSON with sorted keys and no spaces. */
export function hashContent(content: Record<string, unknown>): string {
  return sha256(canonicalJson(content));
}

/** Of one line an entry, `subject hash`, in the order of subjects byte by byte. */
export function hashEntries(entries: readonly { subject: string; contentHash: string }[]): string {
  const lines = entries.map(({ subject, contentHash }) => `${subject} ${contentHash}`).sort();
  return sha256(lines.join('\n'));
}

export interface SignedFacts {
  id: string;
  list: string;
  divisionCode: string;
  number: number;
  asOf: string;
  authorRegion: string;
  approverRegion: string;
  publishedAt: string;
  entryCount: number;
  entriesHash: string;
}

/** A JSON array of texts, so that no content can pass for a boundary. */
export function signPublication(facts: SignedFacts, key: SigningKey) {
  const signedText = JSON.stringify([
    'gongfang/list-publication/1',
    ...[facts.id, facts.list, facts.divisionCode, String(facts.number), facts.asOf],
    ...[facts.authorRegion, facts.approverRegion, facts.publishedAt],
    ...[String(facts.entryCount), facts.entriesHash, key.id],
  ]);
  return {
    signedText,
    signature: sign(null, Buffer.from(signedText), key.privateKey),
    publicKey: key.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
