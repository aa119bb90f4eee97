import type { LabelDefinition } from './task';

/** How long a second digit may take to follow the first, in ms. */
export const SECOND_DIGIT_MS = 900;

/** A digit that was typed, and when; with the next one it may say a label of two digits. */
export interface TypedDigit {
  readonly digit: number;
  readonly atMs: number;
}

/**
 * The label that a number key chooses: the one of that value (2 is C2, as on screen). A label whose value no single key can
 * say is reached by its place in the list, or by its two digits.
 */
export function labelForKey(labels: readonly LabelDefinition[], key: number): LabelDefinition | null {
  const byValue = labels.find((label) => label.value === key);
  if (byValue) return byValue;
  const byPlace = labels[key - 1];
  return byPlace && byPlace.value > 9 ? byPlace : null;
}

/**
 * The label that a digit chooses at once, or with the digit typed just before it: 1 is label 1, and 2 within the time
 * after it is label 12 where there is one. So no choice has to wait for a second digit that may never come.
 */
export function labelForDigits(
  labels: readonly LabelDefinition[],
  digit: number,
  nowMs: number,
  before: TypedDigit | null,
): LabelDefinition | null {
  if (before && nowMs - before.atMs <= SECOND_DIGIT_MS) {
    const both = labels.find(({ value }) => value === 10 * before.digit + digit && value > 9);
    if (both) return both;
  }
  return digit === 0 ? null : labelForKey(labels, digit);
}

/** What to press for a label: its digits; null where no key says it. */
export function keyOfLabel(labels: readonly LabelDefinition[], label: LabelDefinition): string | null {
  for (let key = 1; key <= 9; key += 1) {
    if (labelForKey(labels, key)?.value === label.value) return String(key);
  }
  return label.value > 9 && label.value < 100 ? String(label.value) : null;
}
