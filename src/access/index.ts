// access: who calls, and in whose name. The next rooms only ever see a Principal.

export { authenticateWith } from './authenticate.ts';
export { issueKey, revokeKeys, type KeyKind, type KeyRequest, type KeyRole } from './api-keys.ts';
export { accessOperations, permissionSchema } from './routes.ts';
export { sendCode, type Household } from './sms-codes.ts';
