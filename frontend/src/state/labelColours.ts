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

/** How see-through the fill of single labels is, 0 to 1, in place of what is set for all; by label value. */
export type LabelOpacities = Readonly<Record<number, number>>;

/** Reads what was stored; anything that is no colour is left out. */
export const parseColours = (text: string | null): LabelColours =>
  parseByLabel(text, (value): value is string => typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value));

/** Reads what was stored; anything that is no opacity is left out. */
export const parseOpacities = (text: string | null): LabelOpacities =>
  parseByLabel(text, (value): value is number => typeof value === 'number' && value >= 0 && value <= 1);

/** The record without a label's own entry. */
export const withoutLabel = <T>(record: Readonly<Record<number, T>>, label: number): Readonly<Record<number, T>> =>
  Object.fromEntries(Object.entries(record).filter(([value]) => Number(value) !== label));

function parseByLabel<T>(text: string | null, isValid: (value: unknown) => value is T): Readonly<Record<number, T>> {
  try {
    const stored: unknown = JSON.parse(text ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, T] => isValid(entry[1])));
  } catch {
    return {};
  }
}
