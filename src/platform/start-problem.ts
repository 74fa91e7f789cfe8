// Why this machine cannot start the service, in words for the person in front of it. Thrown while starting only; the
// process prints `text` without a stack trace and ends.

import type { Text } from '../vocabulary/text.ts';

/** Says what is wrong and what to do about it. */
export class StartProblem extends Error {
  readonly text: Text;

  constructor(text: Text, options?: ErrorOptions) {
    super(`${text.zh}\n${text.en}`, options);
    this.name = 'StartProblem';
    this.text = text;
  }
}
