/** Every reader with every other: a square of numbers on a ground that is the darker the better they agree. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { DocumentReader, MetricSummary } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { headerOf, type MeasureFacts } from '../measures';
import { withInterval } from '../words';
import { baseOption } from './frame';

export type MatrixCells = readonly (readonly { pair: number; summary: MetricSummary | null }[])[];

/** Viridis without its darkest end: even steps for any colour vision, and in grey. */
const RAMP = ['#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'] as const;

const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  return 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2;
};

/** Black or white, whichever is read better on a step of the ramp. */
export const inkOn = (fraction: number): string => {
  const step = RAMP[Math.min(RAMP.length - 1, Math.max(0, Math.round(fraction * (RAMP.length - 1))))] ?? RAMP[0];
  return luminance(step) > 0.18 ? '#111111' : '#ffffff';
};

export const matrixPlot = (
  readers: readonly DocumentReader[],
  cells: MatrixCells,
  measure: MeasureFacts,
  label: number | null,
  ink: Ink,
): EChartsOption => {
  const means = cells.flat().flatMap(({ summary }) => (summary === null || summary.mean === null ? [] : [summary.mean]));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const part = (mean: number): number => {
    const at = high > low ? (mean - low) / (high - low) : 0.5;
    return measure.higherIsBetter ? at : 1 - at;
  };
  const titles = readers.map((reader) => reader.title);
  const axis = { type: 'category' as const, data: titles, axisLine: { show: false }, axisTick: { show: false }, splitArea: { show: false }, axisLabel: { color: ink.strong, fontSize: 12, interval: 0, width: 110, overflow: 'truncate' as const } };
  return {
    ...baseOption(ink),
    grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
    xAxis: { ...axis, position: 'top' },
    yAxis: { ...axis, inverse: true },
    visualMap: { show: false, type: 'continuous', min: low, max: high > low ? high : low + 1e-9, dimension: 2, inRange: { color: measure.higherIsBetter ? [...RAMP] : [...RAMP].reverse() } },
    series: [
      {
        type: 'heatmap',
        itemStyle: { borderColor: ink.surface, borderWidth: 2 },
        cursor: 'pointer',
        data: cells.flatMap((row, y) =>
          row.flatMap(({ summary, pair }, x) =>
            summary === null || summary.mean === null
              ? []
              : [
                  {
                    value: [x, y, summary.mean],
                    told: [`${titles[y] ?? ''} – ${titles[x] ?? ''}`, `${headerOf(measure)} ${withInterval(summary.mean, summary.ci, measure.digits)}`, `SD ${fixed(summary.sd, measure.digits)}, n = ${summary.n}`],
                    opens: { pair, label },
                    label: { show: true, formatter: fixed(summary.mean, measure.digits), color: inkOn(part(summary.mean)), fontSize: 13, fontWeight: 500 },
                  },
                ],
          ),
        ),
      },
    ],
  };
};
