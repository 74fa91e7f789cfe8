// The audit trail beyond the triggers that write it (migrations/0000_functions.sql): readings of personal data, sealing,
// signed checkpoints, and what an auditor may ask.

export { auditTrailOperations } from './operations.ts';
export { recordRead, type Reading } from './record-read.ts';
export { createAuditSealing, startAuditSealing, type AuditSealing } from './sealing-loop.ts';
export { readSigningKey, signingKeyOf, type SigningKey } from './signing-key.ts';
