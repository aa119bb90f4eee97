/** What the tables of tractograms say, apart from how they look. */

import type { ArmComparison, RatingsInStudy, Tractogram } from '../../api/tracts';
import { countOf, fixed, meanSd, UNDEFINED } from '../parts/numbers';

/** "L5 left 34, L5 right 40": lines of each nerve. */
export const nervesText = ({ nerves }: Pick<Tractogram, 'nerves'>): string =>
  nerves.map(({ name, value, count }) => `${name || `label ${value}`} ${count}`).join(', ');

/** The stages of a tracking, in the order in which they are gone through; the server's JSON keeps none. */
const STAGES: readonly string[] = ['tensor', 'tracking', 'smoothing', 'sampling'];

/** The stages that some tractogram tells its seconds of, in order; one that is not known here comes last. */
export const stagesOf = (tractograms: readonly Pick<Tractogram, 'seconds'>[]): string[] => {
  const told = [...new Set(tractograms.flatMap(({ seconds }) => Object.keys(seconds)))];
  return [...STAGES.filter((stage) => told.includes(stage)), ...told.filter((stage) => !STAGES.includes(stage))];
};

interface TaskOfCase {
  readonly id: string;
  readonly case: { readonly id: string };
}

/**
 * Where the viewer shows a tractogram: in the task that its mask was drawn in, else in one of its case that the user may
 * open; null where there is none.
 */
export const viewerAddress = (tractogram: Pick<Tractogram, 'id' | 'case' | 'task'>, tasks: readonly TaskOfCase[]): string | null => {
  const task = tasks.find(({ id }) => id === tractogram.task) ?? tasks.find((one) => one.case.id === tractogram.case);
  return task === undefined ? null : `/tasks/${task.id}?layout=mpr3d&tractogram=${tractogram.id}`;
};

export const WHAT: Readonly<Record<ArmComparison['what'], string>> = { rating: 'Score, 1 to 5', seconds: 'Work, seconds' };

/** One line of the comparison: both arms, and a test of them or why there is none. */
export interface ArmRow {
  readonly id: string;
  readonly what: string;
  readonly manual: string;
  readonly automatic: string;
  readonly cases: number;
  readonly test: string;
  readonly difference: number | null;
  readonly statistic: string;
  readonly p: number | null;
  /** Why something of the line is undefined, by column. */
  readonly undefined: Readonly<Record<string, string>>;
}

export const armRows = (comparisons: readonly ArmComparison[]): ArmRow[] =>
  comparisons.flatMap((one) => {
    const arms = {
      what: WHAT[one.what],
      manual: meanSd(one.manual, one.what === 'rating' ? 2 : 0),
      automatic: meanSd(one.automatic, one.what === 'rating' ? 2 : 0),
      cases: one.pairs.length,
    };
    const reasons = { ...armReason('manual', one.manual), ...armReason('automatic', one.automatic) };
    if (one.tests.length === 0) {
      const untested = { test: one.untested, difference: one.untested, statistic: one.untested, p: one.untested };
      return [{ id: one.what, ...arms, test: UNDEFINED, difference: null, statistic: UNDEFINED, p: null, undefined: { ...reasons, ...untested } }];
    }
    return one.tests.map((test) => ({
      id: `${one.what}-${test.name}`,
      ...arms,
      test: test.name,
      difference: test.difference,
      statistic: test.statistic === null ? UNDEFINED : `${test.statistic_name} = ${fixed(test.statistic, 2)}`,
      p: test.p,
      undefined: { ...reasons, ...test.undefined },
    }));
  });

const armReason = (name: 'manual' | 'automatic', arm: ArmComparison['manual']): Record<string, string> =>
  arm.mean === null ? { [name]: arm.undefined['mean'] ?? '' } : {};

/** p as papers print it. */
export const pText = (p: number): string => (p < 0.001 ? '< 0.001' : fixed(p, 3));

/** A case that has both arms, in scores, in seconds or in both. */
export interface PairRow {
  readonly case: string;
  readonly rating: readonly [number, number] | null;
  readonly seconds: readonly [number, number] | null;
}

export const pairRows = (comparisons: readonly ArmComparison[]): PairRow[] => {
  const rows = new Map<string, PairRow>();
  for (const { what, pairs } of comparisons) {
    for (const pair of pairs) {
      const row = rows.get(pair.case) ?? { case: pair.case, rating: null, seconds: null };
      rows.set(pair.case, { ...row, [what]: [pair.manual, pair.automatic] });
    }
  }
  return [...rows.values()];
};

/** Studies in which something is left to rate: all, or the one that is looked at. */
export const leftToRate = (given: readonly RatingsInStudy[], slug?: string): RatingsInStudy[] =>
  given.filter(({ study, left }) => left > 0 && (slug === undefined || study === slug));

/** "2 tractograms to rate", "2 of 5 tractograms to rate". */
export const leftText = ({ given, left }: Pick<RatingsInStudy, 'given' | 'left'>): string =>
  left === given ? `${countOf(left, 'tractogram')} to rate` : `${left} of ${countOf(given, 'tractogram')} to rate`;

export const rateAddress = (slug: string): string => `/studies/${slug}/tractography/rate`;
