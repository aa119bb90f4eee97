import type { LabelDefinition } from './task';

/**
 * The label that a number key chooses: the one of that value (2 is C2, as on screen). A label whose value no single key can
 * say is reached by its place in the list.
 */
export function labelForKey(labels: readonly LabelDefinition[], key: number): LabelDefinition | null {
  const byValue = labels.find((label) => label.value === key);
  if (byValue) return byValue;
  const byPlace = labels[key - 1];
  return byPlace && byPlace.value > 9 ? byPlace : null;
}

/** The number key of a label, or null where it has none. */
export function keyOfLabel(labels: readonly LabelDefinition[], label: LabelDefinition): number | null {
  for (let key = 1; key <= 9; key += 1) {
    if (labelForKey(labels, key)?.value === label.value) return key;
  }
  return null;
}
