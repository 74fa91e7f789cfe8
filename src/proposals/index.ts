// proposals: what was proposed to whom, and why.

export { proposalOperations } from './routes.ts';
export {
  readOpenDecisions,
  readRoundDecisions,
  replaceProposals,
  type NewLot,
  type NewProposal,
  type OpenDecision,
  type RoundDecision,
} from './service.ts';
