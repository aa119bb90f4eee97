/** Subjects by what a training takes them for. */

export interface Split {
  readonly train: string[];
  readonly validation: string[];
}

const collator = new Intl.Collator('en', { numeric: true });

/** A split with one subject moved to the other of both lists. One that is in neither, as of the test set, stays. */
export const moved = (split: Split, subject: string): Split => {
  const without = (list: readonly string[]) => list.filter((other) => other !== subject);
  const along = (list: readonly string[]) => [...list, subject].toSorted(collator.compare);
  if (split.train.includes(subject)) return { train: without(split.train), validation: along(split.validation) };
  if (split.validation.includes(subject)) return { train: along(split.train), validation: without(split.validation) };
  return split;
};
