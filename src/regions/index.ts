// regions: which divisions there are, what people call them, where they lie.

export { regionOperations } from './routes.ts';
export { readDivisionsWithin, readGazetteer, seedDivisions } from './service.ts';
export { kmOutsideOutline } from './outline.ts';
export type { Division } from './tables.ts';
export type { Gazetteer } from './gazetteer.ts';
