// publications: the four lists as versions that somebody answers for, what differs between them, and what changed since.

export { publicationOperations } from './routes.ts';
