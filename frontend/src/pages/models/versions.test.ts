import { describe, expect, it } from 'vitest';
import type { LabelScore, ModelVersion } from '../../api/types';
import { countsText } from './requestCounts';
import { inOrder } from './trend';
import { scoreOf, scoreText } from './versionWords';

const score = (mean: number | null, ci: number[] | null = null): LabelScore => ({ mean, sd: null, n: mean === null ? 0 : 4, subjects: 4, ci, undefined: null });

const version = (number: number): ModelVersion =>
  ({ number, overall: score(0.8, [0.7, 0.9]), scores: { '1': score(0.75) } }) as unknown as ModelVersion;

describe('scores of versions', () => {
  it('are told with interval and n, and not at all where there are none', () => {
    expect(scoreText(score(0.8, [0.71, 0.88]))).toBe('0.800 [0.710, 0.880] (n = 4)');
    expect(scoreText(score(0.8))).toBe('0.800 (n = 4)');
    expect(scoreText(score(null))).toBe('–');
    expect(scoreText(null)).toBe('–');
  });

  it('are those of a label, or over all', () => {
    expect(scoreOf(version(1), 1)?.mean).toBe(0.75);
    expect(scoreOf(version(1), null)?.mean).toBe(0.8);
    expect(scoreOf(version(1), 9)).toBeNull();
  });

  it('stand in the order that the versions were made', () => {
    expect(inOrder([version(3), version(1), version(2)]).map((one) => one.number)).toEqual([1, 2, 3]);
  });
});

it('what became of a bulk leaves out what is none', () => {
  expect(countsText([{ state: 'failed' }, { state: 'made' }, { state: 'made' }])).toBe('2 made, 1 failed');
});
