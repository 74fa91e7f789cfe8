// privacy: what a person may demand of us, and what we may see of him: consent, disclosure, export, erasure, retention (PIPL).
// Far right in the line: nobody else knows all the rooms in which something of a person stands.

export { privacyOperations } from './routes.ts';
export { forgetWhatIsDue } from './retention.ts';
