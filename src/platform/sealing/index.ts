// Sealing of personal data: keys per county, wrapped by a key from the settings; rotation while the service runs.

export {
  createKeyRing,
  createSealer,
  type KeyEncryptionKeys,
  type KeyRing,
  type Opener,
  type Sealer,
} from './sealer.ts';
export type { CountySealer } from './sealer.ts';
export { listCounties, rewrapKeys, rotateDataKey } from './rotation.ts';
export { assertKeysOpen, readKeyRing } from './read-keys.ts';
export { requireSuite, suiteNames, type SuiteName } from './suites.ts';
