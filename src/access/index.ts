// access: who calls, and in whose name. The next rooms only ever see a Principal.

export { authenticateWith } from './authenticate.ts';
export { forgetSignIns } from './forget-sign-ins.ts';
export { endSessionsOf } from './household-sessions.ts';
export { issueKey, revokeKeys, type KeyKind, type KeyRequest, type KeyRole } from './api-keys.ts';
export { findMandateOver } from './mandates.ts';
export { accessOperations, permissionSchema } from './routes.ts';
export { sendCode, type Household } from './sms-codes.ts';
