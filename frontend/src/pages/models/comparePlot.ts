/** Two versions on the same cases: a line joins what one case got from each, so that it shows who gained. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { ComparedCase } from '../../api/registry';
import type { Ink } from '../parts/chartInk';
import { fixed } from '../parts/numbers';
import { baseOption, type Mark, spread, valueAxis } from '../results/plots/frame';

/** Okabe and Ito's blue and vermilion, which also differ in lightness; lines differ in dash as well. */
export const GAINED = '#56B4E9';
export const LOST = '#D55E00';

export interface Pair {
  name: string;
  first: number;
  second: number;
  difference: number;
}

/** The cases in which both have a value in a label (without one: over all), in the order of the answer. */
export const pairsOf = (cases: readonly ComparedCase[], label: number | null): (Pair & { case: ComparedCase })[] =>
  cases.flatMap((one) => {
    const found = label === null ? one.overall : one.labels[String(label)];
    if (!found || found.first === null || found.second === null || found.difference === null) return [];
    return [{ name: one.volume_name, first: found.first, second: found.second, difference: found.difference, case: one }];
  });

/** Whether the first version did better in a case; null where both did alike. */
export const gained = (difference: number, lessIsBetter: boolean): boolean | null =>
  difference === 0 ? null : difference > 0 !== lessIsBetter;

/** The cases in which the first version lost most come first. */
export const worstFirst = <Row extends Pick<Pair, 'difference'>>(pairs: readonly Row[], lessIsBetter: boolean): Row[] =>
  pairs.toSorted((a, b) => (lessIsBetter ? b.difference - a.difference : a.difference - b.difference));

interface Drawn {
  pairs: readonly Pair[];
  titles: readonly [first: string, second: string];
  axis: string;
  digits: number;
  lessIsBetter: boolean;
}

export const comparePlot = ({ pairs, titles, axis, digits, lessIsBetter }: Drawn, ink: Ink): EChartsOption => ({
  ...baseOption(ink),
  grid: { left: 58, right: 24, top: 14, bottom: 36 },
  // The second version stands on the left: from it to the first is the way from old to new.
  xAxis: {
    type: 'value',
    min: -0.5,
    max: 1.5,
    interval: 0.5,
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: ink.text, fontSize: 12, formatter: (value: number) => ({ 0: titles[1], 1: titles[0] })[value] ?? '' },
  },
  yAxis: { ...valueAxis(ink, axis), nameGap: 42, scale: true },
  series: pairs.map((pair, place) => {
    const better = gained(pair.difference, lessIsBetter);
    const colour = better === null ? ink.text : better ? GAINED : LOST;
    const aside = 0.05 * spread(place);
    const told = [pair.name, `${titles[1]}: ${fixed(pair.second, digits)}`, `${titles[0]}: ${fixed(pair.first, digits)}`, `difference ${fixed(pair.difference, digits)}`];
    const point = (x: number, y: number): Mark => ({ value: [x + aside, y], told, opens: { row: place } });
    return {
      type: 'line' as const,
      symbol: better === false ? 'triangle' : 'circle',
      symbolSize: 8,
      itemStyle: { color: colour },
      lineStyle: { color: colour, width: 1.2, type: better === false ? ('dashed' as const) : ('solid' as const), opacity: 0.8 },
      cursor: 'pointer',
      data: [point(0, pair.second), point(1, pair.first)],
    };
  }),
});
