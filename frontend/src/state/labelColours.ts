import type { LabelDefinition } from './task';

/** Colours that people with any colour vision tell apart: Okabe and Ito's first, then those of Tol's muted set. */
export const PALETTE: readonly { readonly name: string; readonly colour: string }[] = [
  { name: 'Orange', colour: '#E69F00' },
  { name: 'Sky blue', colour: '#56B4E9' },
  { name: 'Bluish green', colour: '#009E73' },
  { name: 'Yellow', colour: '#F0E442' },
  { name: 'Blue', colour: '#0072B2' },
  { name: 'Vermilion', colour: '#D55E00' },
  { name: 'Reddish purple', colour: '#CC79A7' },
  { name: 'Cyan', colour: '#88CCEE' },
  { name: 'Teal', colour: '#44AA99' },
  { name: 'Olive', colour: '#999933' },
  { name: 'Sand', colour: '#DDCC77' },
  { name: 'Rose', colour: '#CC6677' },
  { name: 'Purple', colour: '#AA4499' },
  { name: 'Pale grey', colour: '#DDDDDD' },
];

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
