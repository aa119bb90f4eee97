/** Difference against mean of two readers, with bias and limits of agreement and their intervals. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { AnalysisReading, BlandAltman, Estimate } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { baseOption, type Mark, valueAxis, zoomBy } from './frame';

/** The ratio is drawn on a logarithmic axis, on which it is as far up as its inverse is down. */
export type Scale = 'absolute' | 'percent' | 'ratio';

/** One target that both have measured. */
export interface Measured {
  name: string;
  first: number;
  second: number;
  row: number | null;
}

/** The volumes that both readers have measured, in the order of the cases. */
export const measuredByBoth = (
  readings: readonly AnalysisReading[],
  measurement: string,
  [first, second]: readonly [number, number],
  rowOf: (volume: string) => number | null,
): Measured[] => {
  const values = (reader: number) =>
    new Map(readings.filter((one) => one.reader === reader).map((one) => [one.volume, one.values[measurement] ?? null]));
  const [a, b] = [values(first), values(second)];
  return readings.flatMap((one) => {
    if (one.reader !== first) return [];
    const [x, y] = [a.get(one.volume) ?? null, b.get(one.volume) ?? null];
    return x === null || y === null ? [] : [{ name: one.volume_name, first: x, second: y, row: rowOf(one.volume) }];
  });
};

/** Mean, and second minus first, also as a percentage of the mean; or geometric mean, and second over first. */
export const pointOf = ({ first, second }: Pick<Measured, 'first' | 'second'>, scale: Scale): [number, number] | null => {
  if (scale === 'ratio') return first > 0 && second > 0 ? [Math.sqrt(first * second), second / first] : null;
  const mean = (first + second) / 2;
  if (scale === 'absolute') return [mean, second - first];
  return mean === 0 ? null : [mean, (100 * (second - first)) / mean];
};

interface Drawn {
  measured: readonly Measured[];
  found: BlandAltman;
  scale: Scale;
  /** "Volume (mm³)" */
  name: string;
  unit: string;
  titles: readonly [string, string];
  look: { colour: string; symbol: string };
  /** The regression of the difference on the mean. */
  trend: boolean;
}

const LINES = [
  ['upper', 'upper limit', 'dashed'],
  ['bias', 'bias', 'solid'],
  ['lower', 'lower limit', 'dashed'],
] as const;

/** Limits that lie near each other keep their names apart. */
const LABEL_OFFSETS = { upper: -10, bias: 0, lower: 10 } as const;

type Band = [{ yAxis: number; xAxis: number; itemStyle: { color: string; opacity: number } }, { yAxis: number; xAxis: number }];

const bandOf = ({ ci }: Estimate, color: string, [left, right]: readonly [number, number], place: (value: number) => number): Band[] =>
  ci?.[0] === undefined || ci[1] === undefined ? [] : [[{ yAxis: place(ci[0]), xAxis: left, itemStyle: { color, opacity: 0.18 } }, { yAxis: place(ci[1]), xAxis: right }]];

const TREND_POINTS = 25;

/** The regression of the difference on the mean between two means; of logarithms it is a curve over the means. */
const trendOf = ({ slope, intercept }: BlandAltman['proportional'], [low, high]: readonly [number, number], scale: Scale): [number, number][] => {
  const { value: rise } = slope;
  const { value: start } = intercept;
  if (rise === null || start === null) return [];
  return Array.from({ length: TREND_POINTS }, (_, index) => {
    const x = low + ((high - low) * index) / (TREND_POINTS - 1);
    return [x, start + rise * (scale === 'ratio' ? Math.log(x) : x)];
  });
};

export const blandAltmanPlot = (drawn: Drawn, ink: Ink): EChartsOption => {
  const { measured, found, scale, titles, look } = drawn;
  const unit = scale === 'percent' ? '%' : scale === 'ratio' ? '' : drawn.unit;
  const place = scale === 'ratio' ? Math.log : (value: number): number => value;
  const told = scale === 'ratio' ? Math.exp : (value: number): number => value;
  const digits = digitsFor(found.sd);
  const points: Mark[] = measured.flatMap((one) => {
    const at = pointOf(one, scale);
    if (at === null) return [];
    const own = digitsFor((one.first + one.second) / 20);
    const lines = [one.name, `${titles[0]} ${fixed(one.first, own)}, ${titles[1]} ${fixed(one.second, own)} ${drawn.unit}`, `${scale === 'ratio' ? 'ratio' : 'difference'} ${fixed(at[1], digits)} ${unit}`];
    return [{ value: [at[0], place(at[1])], told: lines, ...(one.row !== null && { opens: { row: one.row } }) }];
  });
  const xs = points.map((point) => point.value[0] ?? 0);
  const trend = drawn.trend && xs.length > 0 ? trendOf(found.proportional, [Math.min(...xs), Math.max(...xs)], scale) : [];
  const [low, high] = shownRange(
    [0, ...points.map((point) => point.value[1] ?? 0), ...LINES.flatMap(([key]) => (found[key].value === null ? [] : [place(found[key].value)]))],
    LINES.flatMap(([key]) => (found[key].ci ?? []).map(place)),
  );
  const room = (high - low || 1) * 0.06;
  const [least, most] = xs.length > 0 ? [Math.min(...xs), Math.max(...xs)] : [0, 1];
  const side = (most - least || Math.abs(most) || 1) * 0.06;
  const across = [least - side, most + side] as const;
  return {
    ...baseOption(ink),
    grid: { left: 62, right: 128, top: 14, bottom: 44 },
    dataZoom: zoomBy({ x: true, y: true }),
    xAxis: { ...valueAxis(ink, `${scale === 'ratio' ? 'geometric mean' : 'mean'} of ${titles[0]} and ${titles[1]}, ${drawn.name}`), nameGap: 28, min: across[0], max: across[1], splitLine: { show: false }, axisLabel: { color: ink.text, fontSize: 12, showMinLabel: false, showMaxLabel: false } },
    yAxis: { ...valueAxis(ink, scale === 'ratio' ? `${titles[1]} / ${titles[0]} (log axis)` : `${titles[1]} − ${titles[0]} (${unit || 'no unit'})`), nameGap: 46, min: low - room, max: high + room, axisLabel: { color: ink.text, showMinLabel: false, showMaxLabel: false, formatter: (value: number) => fixed(told(value), digits) } },
    series: [
      {
        type: 'scatter',
        name: 'cases',
        data: points,
        symbol: look.symbol,
        symbolSize: 9,
        cursor: 'pointer',
        itemStyle: { color: look.colour, opacity: 0.9 },
        markLine: {
          silent: true,
          symbol: 'none',
          data: LINES.flatMap(([key, name, type]) => {
            const { value } = found[key];
            return value === null ? [] : [{ yAxis: place(value), lineStyle: { color: ink.strong, type, width: 1.5 }, label: { formatter: `${name}\n${fixed(value, digits)}`, color: ink.strong, fontSize: 12, lineHeight: 15, position: 'end' as const, offset: [0, LABEL_OFFSETS[key]] as [number, number] } }];
          }),
        },
        markArea: { silent: true, data: LINES.flatMap(([key]) => bandOf(found[key], key === 'bias' ? look.colour : ink.text, across, place)) },
      },
      ...(trend.length > 0 ? [{ type: 'line' as const, name: 'proportional bias', silent: true, showSymbol: false, data: trend, lineStyle: { color: look.colour, width: 1.5, type: 'dotted' as const } }] : []),
    ],
  };
};

/** All values, and of the ends of intervals what lies near: with few cases those of the limits are hundreds of SDs away. */
export const shownRange = (values: readonly number[], ends: readonly number[]): [number, number] => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const most = (high - low || 1) / 2;
  return [Math.max(low - most, Math.min(low, ...ends)), Math.min(high + most, Math.max(high, ...ends))];
};

/** Digits that tell two values apart that lie a tenth of an SD from each other. */
export const digitsFor = (sd: number | null): number =>
  sd === null || sd <= 0 ? 2 : Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(sd))));
