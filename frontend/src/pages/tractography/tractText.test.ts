import { describe, expect, it } from 'vitest';
import type { ArmComparison } from '../../api/tracts';
import { armRows, leftText, leftToRate, nervesText, pairRows, pText, stagesOf, viewerAddress } from './tractText';

const nothing = { n: 0, mean: null, sd: null, undefined: { mean: 'there is no value of this arm', sd: 'an SD needs two values; there are 0' } };
const arm = (mean: number, sd: number) => ({ n: 4, mean, sd, undefined: {} });

const rated: ArmComparison = {
  what: 'rating',
  manual: arm(4, 0.8165),
  automatic: arm(2.75, 1.2583),
  pairs: [{ case: 'sub-01', manual: 4, automatic: 3 }, { case: 'sub-02', manual: 5, automatic: 3 }],
  tests: [
    { name: 'paired t test', n: 4, statistic_name: 't', statistic: 2.6112, p: 0.0796, difference: 1.25, undefined: {} },
    { name: 'Wilcoxon signed-rank test', n: 4, statistic_name: 'W', statistic: null, p: null, difference: 0, undefined: { statistic: 'all differences are zero', p: 'all differences are zero' } },
  ],
  untested: '',
};
const alone: ArmComparison = {
  what: 'seconds', manual: arm(403, 1.3), automatic: nothing, pairs: [{ case: 'sub-02', manual: 403, automatic: 11.5 }], tests: [],
  untested: 'a paired test needs two cases with a value of both arms; 1 has both',
};

describe('the comparison of both arms', () => {
  it('has a line for each test, with both arms before it', () => {
    const [t, w] = armRows([rated]);
    expect([t?.what, t?.manual, t?.automatic, t?.cases]).toEqual(['Score, 1 to 5', '4.00 ± 0.82 (n = 4)', '2.75 ± 1.26 (n = 4)', 2]);
    expect([t?.test, t?.statistic, t?.p, t?.difference]).toEqual(['paired t test', 't = 2.61', 0.0796, 1.25]);
    expect([w?.statistic, w?.p, w?.undefined['p']]).toEqual(['–', null, 'all differences are zero']);
  });

  it('says why there is no test, and why an arm is empty', () => {
    const [row, ...more] = armRows([alone]);
    expect(more).toEqual([]);
    expect([row?.test, row?.p, row?.undefined['p']]).toEqual(['–', null, alone.untested]);
    expect([row?.automatic, row?.undefined['automatic']]).toEqual(['–', 'there is no value of this arm']);
  });

  it('puts scores and seconds of a case on one line', () => {
    expect(pairRows([rated, alone])).toEqual([
      { case: 'sub-01', rating: [4, 3], seconds: null },
      { case: 'sub-02', rating: [5, 3], seconds: [403, 11.5] },
    ]);
  });

  it('writes p as papers do', () => expect([pText(0.0796), pText(0.00002)]).toEqual(['0.080', '< 0.001']));
});

describe('a tractogram', () => {
  const nerve = { fa_tract: null, md_tract: null, fa_mask: null, md_mask: null, length_mm: null, mask_mm3: 1, tract_mm3: 0, slices: 1, missed_slices: [], pieces: 0, undefined: {} };

  it('names its nerves with their lines', () =>
    expect(nervesText({ nerves: [{ ...nerve, value: 4, name: 'L5 left', count: 34 }, { ...nerve, value: 9, name: '', count: 0 }] })).toBe('L5 left 34, label 9 0'));

  it('tells its stages in the order of work', () =>
    expect(stagesOf([{ seconds: { tracking: 2, other: 1 } }, { seconds: { smoothing: 3, tensor: 1 } }])).toEqual(['tensor', 'tracking', 'smoothing', 'other']));

  it('opens in the task of its mask, else in one of its case', () => {
    const tasks = [{ id: 't1', case: { id: 'c' } }, { id: 't2', case: { id: 'c' } }];
    expect(viewerAddress({ id: 'x', case: 'c', task: 't2' }, tasks)).toBe('/tasks/t2?layout=mpr3d&tractogram=x');
    expect(viewerAddress({ id: 'x', case: 'c', task: null }, tasks)).toBe('/tasks/t1?layout=mpr3d&tractogram=x');
    expect(viewerAddress({ id: 'x', case: 'other', task: null }, tasks)).toBeNull();
  });
});

describe('what is left to rate', () => {
  const given = [{ study: 'a', study_name: 'A', given: 5, left: 2 }, { study: 'b', study_name: 'B', given: 1, left: 1 }, { study: 'c', study_name: 'C', given: 3, left: 0 }];

  it('is told of all studies, or of one', () => {
    expect(leftToRate(given).map(({ study }) => study)).toEqual(['a', 'b']);
    expect(leftToRate(given, 'b').map(({ study }) => study)).toEqual(['b']);
    expect(leftToRate(given, 'c')).toEqual([]);
  });

  it('says how many of how many', () => expect(given.slice(0, 2).map(leftText)).toEqual(['2 of 5 tractograms to rate', '1 tractogram to rate']));
});
