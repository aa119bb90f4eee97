import { describe, expect, it } from 'vitest';
import type { AnalysisReading, BlandAltman, DocumentReader, Finding, Icc, MetricSummary } from '../../api/types';
import { agreementOf, intervalOf, pairMatrix } from './answer';
import { filterParams, filtersFrom, rowAddress } from './filters';
import { Looks } from './looks';
import { measureOf, MEASURES, worstFirst } from './measures';
import { LIGHT } from '../parts/chartInk';
import { blandAltmanPlot, digitsFor, measuredByBoth, pointOf } from './plots/blandAltman';
import { floorOf } from './plots/distribution';
import { spread, toldHtml } from './plots/frame';
import { inkOn } from './plots/matrix';
import { caseOrder } from './sections/caseOrder';
import { startingReaders, whatIsMissing } from './question';
import { findingsTogether, overallWords, pText, withInterval } from './words';

const summary = (mean: number | null): MetricSummary => ({
  n: 3, mean, sd: 0.1, ci: null, minimum: mean, maximum: mean, quartiles: null, dropped: [], undefined: {},
});
const reader = (index: number, name: string): DocumentReader => ({ index, type: 'rater', name, read: 1, title: name });
const pair = (index: number, a: number | null, b: number) => ({ index, reader_a: a, reader_b: b, title_a: 'a', title_b: 'b' });
const entry = (pairIndex: number | null, label: number | null, mean: number, against: 'reader' | 'consensus' = 'reader') => ({
  group: null, pair: pairIndex, against, label, metrics: { dice: summary(mean) },
});

describe('the words of an answer', () => {
  it("joins Koo and Li's words from the lowest end of all intervals to the highest", () => {
    expect(overallWords(['good'])).toBe('good');
    expect(overallWords(['good to excellent', 'moderate to good'])).toBe('moderate to excellent');
    expect(overallWords(['poor to moderate', null])).toBe('poor to moderate');
    expect(overallWords([null])).toBeNull();
  });

  it('never writes a p of 0, and an interval only where there is one', () => {
    expect(pText(0)).toBe('< 0.001');
    expect(pText(0.0499)).toBe('0.050');
    expect(pText(null)).toBe('–');
    expect(withInterval(-0.5, [-0.6, -0.4], 1)).toBe('−0.5 [−0.6, −0.4]');
    expect(withInterval(0.5, null, 1)).toBe('0.5');
    expect(withInterval(null, [0, 1], 1)).toBe('–');
  });

  it('finds the interval under the name of its level', () => {
    const icc = { type: 'ICC(1)', value: 0.5, ci90: [0.1, 0.9] } as unknown as Icc;
    expect(intervalOf(icc)).toEqual([0.1, 0.9]);
    expect(intervalOf({ ...icc, ci90: null } as unknown as Icc)).toBeNull();
  });

  it('tells the same finding of many cases once, the gravest first', () => {
    const found = (type: string, name: string, shift?: number): Finding =>
      ({ type, case: name, case_name: name, volume: name, pair: 0, text: `${type} ${name}`, ...(shift !== undefined && { shift }) });
    const together = findingsTogether({ findings: [found('missing_label', '1'), found('level_shift', '1', 1), found('level_shift', '2', 1), found('level_shift', '3', -1)] });
    expect(together.map((one) => [one.type, one.cases.length])).toEqual([['level_shift', 2], ['level_shift', 1], ['missing_label', 1]]);
  });
});

describe('the numbers of a choice', () => {
  const document = {
    readers: [reader(0, 'ada'), reader(1, 'ben'), reader(2, 'cyd')],
    pairs: [pair(0, 0, 1), pair(1, 0, 2), pair(2, null, 0)],
    agreement: [entry(null, null, 0.7), entry(null, null, 0.8, 'consensus'), entry(0, null, 0.6), entry(1, 4, 0.9), entry(2, null, 0.85, 'consensus')],
  };

  it('tells all pairs of readings from all against the consensus', () => {
    const all = { label: null, pair: null, group: null };
    expect(agreementOf(document, all)?.metrics['dice']?.mean).toBe(0.7);
    expect(agreementOf(document, all, 'consensus')?.metrics['dice']?.mean).toBe(0.8);
    expect(agreementOf(document, { ...all, pair: 2 })?.metrics['dice']?.mean).toBe(0.85);
  });

  it('puts each pair on both sides of the diagonal, and nothing where nothing was compared', () => {
    const cells = pairMatrix(document, { label: null, group: null }, 'dice').map((row) => row.map((cell) => cell.summary?.mean ?? null));
    expect(cells).toEqual([
      [null, 0.6, null],
      [0.6, null, null],
      [null, null, null],
    ]);
    expect(pairMatrix(document, { label: 4, group: null }, 'dice')[2]?.[0]).toEqual({ pair: 1, summary: summary(0.9) });
  });
});

describe('pictures', () => {
  it('come in the order of the worst rows, the others after them', () => {
    const cases = ['x', 'y', 'z'].map((volume) => ({ volume, volume_name: volume.toUpperCase() }));
    const found = caseOrder(cases, [{ volume: 'z', number: 7 }, { volume: 'x', number: 2 }, { volume: 'z', number: 8 }]);
    expect(found).toEqual([
      { volume: 'z', name: 'Z', worst: 7 },
      { volume: 'x', name: 'X', worst: 2 },
      { volume: 'y', name: 'Y', worst: null },
    ]);
  });
});

describe('filters in the address', () => {
  it('come back as they went, and leave out what is not chosen', () => {
    const chosen = { label: 4, pair: 0, reader: null, metric: 'hd95_mm' as const, measurement: 'slices', group: { by: 'site', value: 'A:1' } };
    expect(filtersFrom(new URLSearchParams(filterParams(chosen)))).toEqual(chosen);
    expect(filterParams(filtersFrom(new URLSearchParams('metric=nonsense&label=-1')))).toEqual({});
    expect(rowAddress('demo', 'x', 7, { label: 2, metric: 'dice' })).toBe('/studies/demo/results/x/rows/7?label=2');
  });
});

describe('metrics', () => {
  it('begin with the lowest overlap and the largest distance', () => {
    expect(worstFirst('dice')).toBe('dice');
    expect(worstFirst('hd95_mm')).toBe('-hd95_mm');
    expect(measureOf('surface_dice', 2).name).toBe('Surface Dice at 2 mm');
  });

  it('are all defined, with formula and source', () => {
    for (const key of MEASURES) {
      const { definition, formula, source } = measureOf(key);
      expect(definition.length > 20 && formula.length > 5 && source.includes('doi:'), key).toBe(true);
    }
  });
});

describe('plots', () => {
  it('give a reader the same look whichever others are there', () => {
    const known = [{ type: 'rater', name: 'ben' }, { type: 'rater', name: 'ada' }, { type: 'model', name: 'm1' }] as const;
    const looks = new Looks(known);
    expect(new Looks([...known].reverse()).of(known[0])).toEqual(looks.of(known[0]));
    expect(new Set(known.map((one) => looks.of(one).colour)).size).toBe(3);
  });

  it('spread dots within their own column', () => {
    for (let index = 0; index < 200; index += 1) expect(Math.abs(spread(index))).toBeLessThanOrEqual(0.5);
  });

  it('escape names, which are data', () => {
    expect(toldHtml({ value: [0], told: ['<script>', 'a & b'] })).toBe('<b>&lt;script&gt;</b><br>a &amp; b');
    expect(toldHtml('anything')).toBe('');
  });

  it('draw only what both readers have measured', () => {
    const reading = (by: number, volume: string, value: number | null) =>
      ({ reader: by, volume, volume_name: volume, values: { v: value } }) as unknown as AnalysisReading;
    const readings = [reading(0, 'x', 10), reading(1, 'x', 14), reading(0, 'y', null), reading(1, 'y', 3), reading(0, 'z', 1)];
    const found = measuredByBoth(readings, 'v', [0, 1], () => null);
    expect(found).toEqual([{ name: 'x', first: 10, second: 14, row: null }]);
    expect(pointOf({ first: 10, second: 14 }, 'absolute')).toEqual([12, 4]);
    expect(pointOf({ first: 9, second: 11 }, 'percent')).toEqual([10, 20]);
    expect(pointOf({ first: -1, second: 1 }, 'percent')).toBeNull();
    expect(pointOf({ first: 2, second: 8 }, 'ratio')).toEqual([4, 4]);
    expect(pointOf({ first: 0, second: 8 }, 'ratio')).toBeNull();
  });

  it('draw ratios on a logarithmic axis, with limits and bands where the numbers are', () => {
    const estimate = (value: number, low: number, high: number) => ({ value, ci: [low, high], level: 0.95, undefined: {} });
    const found = {
      scale: 'ratio', n: 2, bias: estimate(1, 0.9, 1.1), lower: estimate(0.5, 0.4, 0.6), upper: estimate(2, 1.7, 2.5), sd: 0.3, dropped: {},
      proportional: { slope: estimate(1, 0, 2), intercept: estimate(0, 0, 0), p: null, spread_slope: null, spread_intercept: null, spread_p: null },
    } as unknown as BlandAltman;
    const measured = [{ name: 'x', first: 2, second: 8, row: 3 }, { name: 'y', first: 9, second: 1, row: null }];
    const option = blandAltmanPlot({ measured, found, scale: 'ratio', name: 'Volume', unit: 'mm³', titles: ['a', 'b'], look: { colour: '#fff', symbol: 'circle' }, trend: true }, LIGHT);
    const [scatter, trend] = option.series as [{ data: { value: number[]; opens?: unknown }[]; markLine: { data: { yAxis: number }[] } }, { data: number[][] }];
    expect(scatter.data.map((point) => point.value[1])).toEqual([Math.log(4), Math.log(1 / 9)]);
    expect(scatter.data.map((point) => point.opens)).toEqual([{ row: 3 }, undefined]);
    expect(scatter.markLine.data.map((line) => line.yAxis)).toEqual([Math.log(2), 0, Math.log(0.5)]);
    for (const [x = 0, y] of trend.data) expect(y).toBeCloseTo(Math.log(x));
  });

  it('write as many digits as the spread deserves', () => {
    expect(digitsFor(123)).toBe(0);
    expect(digitsFor(1.5)).toBe(1);
    expect(digitsFor(0.02)).toBe(3);
    expect(digitsFor(null)).toBe(2);
  });

  it('begin the axis of an overlap at a round value below all', () => {
    expect(floorOf([{ summary: summary(0.83) }, { summary: null }])).toBe(0.8);
    expect(floorOf([{ summary: summary(0) }])).toBe(0);
  });

  it('write on the dark end in white and on the light end in black', () => {
    expect([inkOn(0), inkOn(1)]).toEqual(['#ffffff', '#111111']);
  });
});


describe('a question', () => {
  const known = (type: 'rater' | 'model' | 'tool', name: string, read = 1) => ({ type, name, read, title: name, volumes: 3 });
  const kinds = [
    { kind: 'inter_rater' as const, title: '', reader_types: ['rater'], asked: true },
    { kind: 'intra_rater' as const, title: '', reader_types: ['rater'], asked: false },
    { kind: 'human_model' as const, title: '', reader_types: ['rater', 'model'], asked: false },
  ];
  const readers = [known('rater', 'ada'), known('rater', 'ada', 2), known('rater', 'ben'), known('model', 'm1'), known('model', 'm2')];

  it('begins with whom its kind is about', () => {
    const names = (kind: 'inter_rater' | 'intra_rater' | 'human_model') => startingReaders({ kinds, readers }, kind).map((one) => `${one.name}${one.read}`);
    expect(names('inter_rater')).toEqual(['ada1', 'ben1']);
    expect(names('intra_rater')).toEqual(['ada1', 'ada2']);
    expect(names('human_model')).toEqual(['ada1', 'ben1', 'm21']);
  });

  it('says what it lacks before it is asked', () => {
    expect(whatIsMissing('inter_rater', [known('rater', 'ada')])).toContain('two raters');
    expect(whatIsMissing('inter_rater', [known('rater', 'ada'), known('rater', 'ada', 2)])).toContain('one read');
    expect(whatIsMissing('intra_rater', [known('rater', 'ada'), known('rater', 'ada', 2)])).toBeNull();
    expect(whatIsMissing('external', [known('rater', 'ada')])).toContain('import');
    expect(whatIsMissing('human_model', [known('rater', 'ada'), known('model', 'm1')])).toBeNull();
  });
});
