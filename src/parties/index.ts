// parties: legal persons, and the sealed identities of people with what they agreed to.

export { disclosePersons, readStandingConsents } from './disclose-persons.ts';
export {
  findPartiesById,
  findPartiesByUscc,
  findParty,
  readParties,
  saveParties,
  type Party,
  type PartyRow,
  type Saved,
} from './service.ts';
export {
  correctPerson,
  countyOf,
  disclosePerson,
  erasePerson,
  findConsenting,
  findPerson,
  findWithdrawn,
  lockPerson,
  maskPerson,
  mayRevealContact,
  openPersons,
  readConsents,
  readDisclosures,
  readWithdrawal,
  saveConsents,
  savePersons,
  withdrawConsents,
  type Consent,
  type ConsentGiven,
  type Disclosure,
  type Identity,
  type MaskedPerson,
  type Person,
  type PersonRow,
  type StatedIdentity,
} from './persons.ts';
export {
  consentChannelCodes,
  disclosurePurposes,
  erasureReasons,
  type ConsentChannel,
  type DisclosurePurpose,
  type ErasureReason,
} from './tables.ts';
export { answerSmsCode } from './answer-sms-code.ts';
export { partyOperations } from './routes.ts';
