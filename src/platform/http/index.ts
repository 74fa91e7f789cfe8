export { buildServer } from './server.ts';
export { operation, problemsOf, type Authenticate, type Operation } from './operation.ts';
export { anonymous, type Principal } from './principal.ts';
export { pageOf, pageQuery, decodeCursor, encodeCursor, idKey, toPage } from './page.ts';
export { readIfMatch } from './if-match.ts';
export { forgetIdempotencyKeysBefore } from './idempotency.ts';
export { healthOperations } from './health.ts';
export { fieldErrors } from './problems.ts';
export { daySchema, idParams, idSchema, instantSchema, momentSchema, textSchema } from './wire.ts';
