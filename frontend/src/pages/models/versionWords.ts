/** How scores and verdicts of model versions are written. */

import type { ScoreMeasure, Verdict } from '../../api/registry';
import type { Label, LabelScore, ModelVersion } from '../../api/types';
import { fixed } from '../parts/numbers';
import { withInterval } from '../results/words';

export const MEASURE_NAMES: Readonly<Record<ScoreMeasure, string>> = {
  dice: 'Dice',
  hd95_mm: 'HD95, mm',
  assd_mm: 'ASSD, mm',
  surface_dice: 'Surface Dice at 1 mm',
  volume_similarity: 'Volume similarity',
};

export const digitsOf = (measure: ScoreMeasure): number => (measure.endsWith('_mm') ? 2 : 3);

/** "0.84 [0.81, 0.87] (n = 12)". */
export const scoreText = (score: LabelScore | null | undefined, digits = 3): string => {
  if (!score || score.mean === null) return fixed(null, digits);
  return `${withInterval(score.mean, score.ci, digits)} (n = ${score.n})`;
};

export const labelName = (labels: readonly Label[], value: number | null): string =>
  value === null ? 'mean over labels' : (labels.find((label) => label.value === value)?.name ?? `label ${value}`);

/** The score of a version in one label, or without one over all of them. */
export const scoreOf = (version: ModelVersion, label: number | null): LabelScore | null =>
  label === null ? version.overall : (version.scores[String(label)] ?? null);

export const VERDICT_WORDS: Readonly<Record<Verdict['state'], string>> = {
  first: 'The first one',
  passed: 'Not worse',
  failed: 'May be worse',
  undecided: 'Undecided',
};

/** "+0.012 [−0.004, +0.030]"; the sign is the point of a difference. */
export const differenceText = (value: number | null, ci: readonly number[] | null | undefined, digits: number): string => {
  if (value === null) return fixed(null, digits);
  const ends = ci?.length === 2 ? ` [${signed(ci[0], digits)}, ${signed(ci[1], digits)}]` : '';
  return `${signed(value, digits)}${ends}`;
};

const signed = (value: number | undefined, digits: number): string => {
  const text = fixed(value, digits);
  return value !== undefined && value > 0 ? `+${text}` : text;
};
