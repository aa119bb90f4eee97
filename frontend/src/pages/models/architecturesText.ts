/** How a comparison of architectures is put into words. */

import type { ArchitectureComparison } from '../../api/types';
import { fixed } from '../parts/numbers';

type Candidate = ArchitectureComparison['candidates'][number];
type Pair = ArchitectureComparison['pairs'][number];

/** "0.812 ± 0.041 [0.790, 0.834]" */
export const diceText = ({ overall }: Pick<Candidate, 'overall'>): string => {
  if (overall === null || overall.mean === null) return '–';
  const spread = overall.sd === null ? '' : ` ± ${fixed(overall.sd, 3)}`;
  const interval = overall.ci === null ? '' : ` [${overall.ci.map((end) => fixed(end, 3)).join(', ')}]`;
  return `${fixed(overall.mean, 3)}${spread}${interval}`;
};

/** "-0.030 [-0.053, -0.014]" */
export const differenceText = (pair: Pick<Pair, 'difference' | 'ci'> | null): string => {
  if (pair === null || pair.difference === null) return '–';
  return `${fixed(pair.difference, 3)}${pair.ci === null ? '' : ` [${pair.ci.map((end) => fixed(end, 3)).join(', ')}]`}`;
};

export const pText = (p: number | null): string => (p === null ? '–' : p < 0.001 ? '< 0.001' : fixed(p, 3));

/** The pair of two candidates with the difference turned so that the first one comes first. */
export const pairOf = (pairs: readonly Pair[], first: string, second: string): Pick<Pair, 'difference' | 'ci' | 'holm_p' | 'p' | 'n' | 'undefined'> | null => {
  const straight = pairs.find((pair) => pair.first === first && pair.second === second);
  if (straight) return straight;
  const turned = pairs.find((pair) => pair.first === second && pair.second === first);
  if (!turned) return null;
  const { difference, ci } = turned;
  return { ...turned, difference: difference === null ? null : -difference, ci: ci === null ? null : ci.map((end) => -end).reverse() };
};

export const splitText = ({ train, validation, test, folds }: Pick<ArchitectureComparison, 'train' | 'validation' | 'test' | 'folds'>): string =>
  folds.length > 0
    ? `${folds.length} folds of ${train.length} subjects, each held out once`
    : `trained on ${train.length}, validated on ${validation.length}, tested on ${test.length} subjects`;
