// matching: rounds that pair orders, sites and people, and explain themselves. The engine itself is in engine/.

export { matchingOperations } from './routes.ts';
export { startQueuedRound, wantRound } from './rounds.ts';
export { runRound } from './run-round.ts';
