// Why a step cannot be taken from where a thing stands, in the words of every state machine here. Enters: the labels of its state, of
// the step, and of the states from which the step leads on. Leaves: one sentence.

import type { Text } from './text.ts';

export function wrongState(is: Text, step: Text, from: readonly Text[]): Text {
  return {
    zh: `当前状态为“${is.zh}”,不能${step.zh};须为“${from.map(({ zh }) => zh).join('”或“')}”。`,
    en: `It is ${is.en}; to ${step.en} it must be ${from.map(({ en }) => en).join(' or ')}.`,
  };
}
