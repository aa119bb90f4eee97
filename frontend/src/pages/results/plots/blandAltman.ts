/** Difference against mean of two readers, with bias and limits of agreement and their intervals. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { AnalysisReading, BlandAltman, Estimate } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { baseOption, type Mark, valueAxis, zoomBy } from './frame';

export type Scale = 'absolute' | 'percent';

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

/** Mean, and second minus first; as a percentage of the mean, which a pair of mean 0 has none of. */
export const pointOf = ({ first, second }: Pick<Measured, 'first' | 'second'>, scale: Scale): [number, number] | null => {
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

const bandOf = ({ ci }: Estimate, color: string) =>
  ci === null ? [] : [[{ yAxis: ci[0] ?? 0, itemStyle: { color, opacity: 0.18 } }, { yAxis: ci[1] ?? 0 }] as [{ yAxis: number; itemStyle: { color: string; opacity: number } }, { yAxis: number }]];

export const blandAltmanPlot = (drawn: Drawn, ink: Ink): EChartsOption => {
  const { measured, found, scale, titles, look } = drawn;
  const unit = scale === 'percent' ? '%' : drawn.unit;
  const digits = digitsFor(found.sd);
  const points: Mark[] = measured.flatMap((one) => {
    const at = pointOf(one, scale);
    if (at === null) return [];
    const told = [one.name, `${titles[0]} ${fixed(one.first, digits)}, ${titles[1]} ${fixed(one.second, digits)} ${drawn.unit}`, `difference ${fixed(at[1], digits)} ${unit}`];
    return [{ value: at, told, ...(one.row !== null && { opens: { row: one.row } }) }];
  });
  const xs = points.map((point) => point.value[0] ?? 0);
  const ends = [Math.min(...xs), Math.max(...xs)];
  const { slope, intercept } = found.proportional;
  const trend = drawn.trend && slope.value !== null && intercept.value !== null
    ? ends.map((x) => [x, (intercept.value ?? 0) + (slope.value ?? 0) * x])
    : [];
  const levels = LINES.flatMap(([key]) => [found[key].value, ...(found[key].ci ?? [])]).filter((value): value is number => value !== null);
  const ys = [...levels, 0, ...points.map((point) => point.value[1] ?? 0)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const room = (high - low || 1) * 0.06;
  return {
    ...baseOption(ink),
    grid: { left: 62, right: 128, top: 14, bottom: 44 },
    dataZoom: zoomBy({ x: true, y: true }),
    xAxis: { ...valueAxis(ink, `mean of ${titles[0]} and ${titles[1]}, ${drawn.name}`), nameGap: 28, scale: true, splitLine: { show: false } },
    yAxis: { ...valueAxis(ink, `${titles[1]} − ${titles[0]} (${unit || 'no unit'})`), nameGap: 46, min: low - room, max: high + room, axisLabel: { color: ink.text, showMinLabel: false, showMaxLabel: false, formatter: (value: number) => fixed(value, digits) } },
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
            return value === null ? [] : [{ yAxis: value, lineStyle: { color: ink.strong, type, width: 1.5 }, label: { formatter: `${name}\n${fixed(value, digits)}`, color: ink.strong, fontSize: 12, lineHeight: 15, position: 'end' as const } }];
          }),
        },
        markArea: { silent: true, data: LINES.flatMap(([key]) => bandOf(found[key], key === 'bias' ? look.colour : ink.text)) },
      },
      ...(trend.length === 2 ? [{ type: 'line' as const, name: 'proportional bias', silent: true, showSymbol: false, data: trend, lineStyle: { color: look.colour, width: 1.5, type: 'dotted' as const } }] : []),
    ],
  };
};

/** Digits that tell two values apart that lie a tenth of an SD from each other. */
export const digitsFor = (sd: number | null): number =>
  sd === null || sd <= 0 ? 2 : Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(sd))));
