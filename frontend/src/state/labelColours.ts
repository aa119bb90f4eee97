import type { LabelDefinition } from './task';

/** Colours that a person chose in place of the study's, by label value. */
export type LabelColours = Readonly<Record<number, string>>;

export const colourOf = (label: LabelDefinition, chosen: LabelColours): string => chosen[label.value] ?? label.colour;

/** The labels as they are drawn. */
export const coloured = (labels: readonly LabelDefinition[], chosen: LabelColours): readonly LabelDefinition[] =>
  labels.map((label) => ({ ...label, colour: colourOf(label, chosen) }));

/** Reads what was stored; anything that is no colour is left out. */
export function parseColours(text: string | null): LabelColours {
  try {
    const stored: unknown = JSON.parse(text ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const valid = Object.entries(stored).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && /^#[0-9a-f]{6}$/i.test(entry[1]),
    );
    return Object.fromEntries(valid);
  } catch {
    return {};
  }
}
