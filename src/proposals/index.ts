// proposals: what was proposed to whom, and why.

export { proposalOperations } from './routes.ts';
export { readOpenDecisions, replaceProposals, type NewLot, type NewProposal, type OpenDecision } from './service.ts';
