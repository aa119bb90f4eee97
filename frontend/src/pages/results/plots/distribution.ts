/** How a metric is distributed, per label: each value a dot where there are few, a box over that; never a bar. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { AnalysisRow, DocumentPair, MetricSummary } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { pairTitle } from '../answer';
import { symbolAt } from '../looks';
import { headerOf, isShare, type MeasureFacts } from '../measures';
import { baseOption, legendOf, spread, valueAxis, zoomBy, type PlotLabel } from './frame';

/** A column with more values than this is a box. */
export const MOST_DOTS = 200;

export interface Column {
  label: PlotLabel;
  summary: MetricSummary | null;
  rows: readonly AnalysisRow[];
}

const dots = (column: Column, place: number, pair: DocumentPair, measure: MeasureFacts, several: boolean) =>
  column.rows.flatMap((row, index) => {
    const value = row[measure.key];
    if (row.pair !== pair.index || value === null || column.rows.length > MOST_DOTS) return [];
    return [
      {
        value: [place + 0.56 * spread(index), value],
        told: [row.volume_name, column.label.name, `${headerOf(measure)} ${fixed(value, measure.digits)}`, ...(several ? [pairTitle(pair)] : [])],
        opens: { row: row.number },
        itemStyle: { color: column.label.colour },
      },
    ];
  });

const boxes = (columns: readonly Column[], measure: MeasureFacts, ink: Ink) =>
  columns.flatMap(({ label, summary, rows }, place) => {
    if (rows.length > 0 && rows.length <= MOST_DOTS) return [];
    if (!summary?.quartiles || summary.minimum === null || summary.maximum === null) return [];
    const [q1 = 0, q2 = 0, q3 = 0] = summary.quartiles;
    return [
      {
        value: [place, summary.minimum, q1, q2, q3, summary.maximum],
        told: [label.name, `median ${fixed(q2, measure.digits)}, quartiles ${fixed(q1, measure.digits)} to ${fixed(q3, measure.digits)}`, `range ${fixed(summary.minimum, measure.digits)} to ${fixed(summary.maximum, measure.digits)}, n = ${summary.n}`],
        itemStyle: { color: `${label.colour}55`, borderColor: label.colour, borderWidth: 1.5 },
        emphasis: { itemStyle: { borderColor: ink.strong } },
      },
    ];
  });

/** Mean as a line across the column, its interval as a thin one down. */
const means = (columns: readonly Column[], ink: Ink) =>
  columns.flatMap(({ label, summary }, place) => {
    if (summary === null || summary.mean === null) return [];
    const line = (data: number[][], width: number) => ({
      type: 'line' as const, name: `mean of ${label.name}`, silent: true, showSymbol: false, data, lineStyle: { color: ink.strong, width }, z: 4,
    });
    const across = line([[place - 0.36, summary.mean], [place + 0.36, summary.mean]], 2);
    const ci = summary.ci;
    return ci === null ? [across] : [across, line([[place + 0.36, ci[0] ?? 0], [place + 0.36, ci[1] ?? 0]], 1.5)];
  });

export const distributionPlot = (
  columns: readonly Column[],
  pairs: readonly DocumentPair[],
  measure: MeasureFacts,
  ink: Ink,
): EChartsOption => {
  const several = pairs.length > 1;
  const boxed = boxes(columns, measure, ink);
  return {
    ...baseOption(ink),
    grid: { left: 58, right: 16, top: 14, bottom: several ? 74 : 48 },
    ...(several && { legend: { ...legendOf(ink), data: pairs.map(pairTitle), itemStyle: { color: ink.text } } }),
    dataZoom: zoomBy({ y: true }),
    xAxis: {
      ...valueAxis(ink, ''),
      min: -0.6,
      max: Math.max(0.6, columns.length - 0.4),
      splitLine: { show: false },
      axisLabel: {
        customValues: columns.map((_, place) => place),
        formatter: (place: number) => {
          const column = columns[place];
          return column ? `${column.label.name}\nn = ${column.summary?.n ?? 0}` : '';
        },
        color: ink.text,
        fontSize: 12,
        lineHeight: 16,
        hideOverlap: columns.length > 12,
        width: 110,
        overflow: 'break',
      },
    },
    yAxis: { ...valueAxis(ink, headerOf(measure)), nameGap: 42, ...(isShare(measure) ? { max: 1, min: floorOf(columns), interval: stepOf(floorOf(columns)) } : { scale: false }) },
    series: [
      ...(boxed.length > 0 ? [{ type: 'boxplot' as const, name: 'quartiles', data: boxed, boxWidth: [14, 46] as [number, number], encode: { x: 0, y: [1, 2, 3, 4, 5] } }] : []),
      ...pairs.map((pair, index) => ({
        type: 'scatter' as const,
        name: pairTitle(pair),
        symbol: symbolAt(index),
        symbolSize: 8,
        cursor: 'pointer',
        itemStyle: { opacity: 0.8, borderColor: ink.surface, borderWidth: 0.5 },
        data: columns.flatMap((column, place) => dots(column, place, pair, measure, several)),
      })),
      ...means(columns, ink),
    ],
  };
};

/** Between four and six steps from there to 1, each a round part of it. */
export const stepOf = (floor: number): number => [0.02, 0.05, 0.1, 0.2].find((step) => (1 - floor) / step <= 6) ?? 0.25;

/** An axis of overlaps begins at a round value below all of them: most lie in the upper half. */
export const floorOf = (columns: readonly Pick<Column, 'summary'>[]): number => {
  const lowest = Math.min(1, ...columns.map(({ summary }) => summary?.minimum ?? 1));
  return Math.max(0, Math.floor((lowest - 0.02) * 10) / 10);
};
