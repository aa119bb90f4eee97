import { describe, expect, it } from 'vitest';
import type { ClinicalMeasure } from '../../api/types';
import { pairOf, pText } from '../models/architecturesText';
import { choiceFrom, filterOf } from './choice';
import { itemOf } from './valuePlot';
import { significant } from './valueText';

const measure = {
  name: 'spinal-levels',
  headline: 'midpoint',
  quantities: [{ name: 'midpoint' }, { name: 'height' }],
  variants: ['2.4 mm', '3 voxels'],
} as unknown as ClinicalMeasure;

describe('what the server is asked for', () => {
  it('takes the first quantity and rule of the measure where none is chosen', () => {
    expect(filterOf(measure, choiceFrom(new URLSearchParams()))).toEqual({ measure: 'spinal-levels', quantity: 'midpoint', variant: '2.4 mm' });
  });

  it('keeps a rater whose name holds a slash', () => {
    const filter = filterOf(measure, choiceFrom(new URLSearchParams('quantity=height&level=C5&author=rater/2/a/b')));
    expect(filter).toMatchObject({ quantity: 'height', level: 'C5', source: 'rater', read: 2, reader: 'a/b' });
  });

  it('forgets a quantity of another measure', () => {
    expect(filterOf(measure, choiceFrom(new URLSearchParams('quantity=volume'))).quantity).toBe('midpoint');
  });
});

describe('numbers of measures', () => {
  it.each([
    [12.0449, '12.04'],
    [-0.05, '\u22120.05000'],
    [0.000712, '7.120 × 10^\u22124'],
    [1234.56, '1235'],
    [0, '0.000'],
    [null, '–'],
  ])('%s reads %s', (value, text) => expect(significant(value)).toBe(text));

  it('names a muscle with its level, and a disc once', () => {
    expect(itemOf({ item: 'Psoas left', level: 'L3' })).toBe('Psoas left, L3');
    expect(itemOf({ item: 'Disc L4/L5', level: 'L4/L5' })).toBe('Disc L4/L5');
  });
});

describe('pairs of architectures', () => {
  const pairs = [{ first: 'a', second: 'b', n: 5, difference: -0.05, ci: null, p: 0.01, holm_p: 0.03, undefined: null }];
  it('turns the difference with the pair', () => {
    expect(pairOf(pairs, 'b', 'a')?.difference).toBe(0.05);
    expect(pairOf(pairs, 'a', 'c')).toBeNull();
  });
  it('writes small p as less than', () => {
    expect(pText(0.0004)).toBe('< 0.001');
    expect(pText(null)).toBe('–');
  });
});
