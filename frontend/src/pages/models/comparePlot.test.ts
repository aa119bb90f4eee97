import { describe, expect, it } from 'vitest';
import type { ComparedCase } from '../../api/registry';
import { gained, pairsOf, worstFirst } from './comparePlot';
import { differenceText } from './versionWords';

const compared = (name: string, first: number | null, second: number | null): ComparedCase => {
  const value = { first, second, difference: first === null || second === null ? null : first - second };
  return {
    case: name, case_name: name, volume_name: `${name}_T2w`, subject: name, site: '', first: `${name}-a`, second: `${name}-b`,
    overall: value, labels: { '1': value },
  };
};

describe('pairs of two versions', () => {
  const cases = [compared('sub-01', 0.8, 0.7), compared('sub-02', null, 0.7), compared('sub-03', 0.5, 0.9)];

  it('leaves out cases in which one has no value', () => {
    expect(pairsOf(cases, 1).map((pair) => pair.name)).toEqual(['sub-01_T2w', 'sub-03_T2w']);
    expect(pairsOf(cases, null)).toHaveLength(2);
    expect(pairsOf(cases, 7)).toEqual([]);
  });

  it('puts the largest loss first, whichever way is better', () => {
    const pairs = pairsOf(cases, 1);
    expect(worstFirst(pairs, false)[0]?.name).toBe('sub-03_T2w');
    expect(worstFirst(pairs, true)[0]?.name).toBe('sub-01_T2w');
  });

  it('knows who gained', () => {
    expect(gained(0.1, false)).toBe(true);
    expect(gained(0.1, true)).toBe(false);
    expect(gained(0, false)).toBeNull();
  });
});

describe('a difference', () => {
  it('shows its sign and interval', () => {
    expect(differenceText(0.0123, [-0.004, 0.03], 3)).toBe('+0.012 [−0.004, +0.030]');
    expect(differenceText(-0.5, null, 2)).toBe('−0.50');
    expect(differenceText(null, null, 2)).toBe('–');
  });
});
