/** Each case a dot, per label, in the label's colour, with the mean as a line. */

import { format } from 'echarts/core';
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { AnalysisDetail, AnalysisRow, Label } from '../../api/types';
import { CHART_FONT, type Ink } from '../parts/chartInk';
import { fixed } from '../parts/numbers';
import { headerOf, isShare, type MeasureFacts } from './measures';

/** Sideways offsets that keep dots apart and are the same at every drawing: golden-ratio steps in -0.25..0.25. */
export const spread = (index: number): number => ((index * 0.618034) % 1) * 0.5 - 0.25;

/** A dot as the plot holds it, and gives it back at a click. */
interface Dot {
  value: [number, number];
  row: AnalysisRow;
}

/** The row of the dot that was clicked on, or null for a click on anything else. */
export const rowOfDot = (data: unknown): AnalysisRow | null =>
  typeof data === 'object' && data !== null && 'row' in data ? (data as Dot).row : null;

const dotsOf = (analysis: AnalysisDetail, label: Label, place: number, measure: MeasureFacts): Dot[] =>
  analysis.rows
    .flatMap((row) => {
      const value = row[measure.key];
      return row.label === label.value && value !== null ? [{ row, value }] : [];
    })
    .map(({ row, value }, index) => ({ value: [place + spread(index), value], row }));

/** Case, volume where a case has several, label and value; names are data, so they are escaped. */
export const dotText = (row: AnalysisRow, measure: MeasureFacts): string => {
  const value = `${measure.name} ${fixed(row[measure.key], measure.digits)} ${measure.unit}`.trim();
  const name = row.volume_name.startsWith(row.case.name) ? row.volume_name : `${row.case.name}, ${row.volume_name}`;
  return [`<b>${format.encodeHTML(name)}</b>`, format.encodeHTML(row.label_name), format.encodeHTML(value)].join('<br>');
};

export const stripPlot = (
  analysis: AnalysisDetail,
  labels: readonly Label[],
  measure: MeasureFacts,
  ink: Ink,
): EChartsOption => {
  const present = labels.filter((label) => analysis.rows.some((row) => row.label === label.value));
  const columns = present.map((label, place) => ({ label, place, dots: dotsOf(analysis, label, place, measure) }));
  const nameOf = (place: number): string => {
    const column = columns[place];
    return column ? `${column.label.name}\nn = ${column.dots.length}` : '';
  };
  return {
    grid: { left: 64, right: 16, top: 36, bottom: 52 },
    textStyle: { color: ink.text, fontFamily: CHART_FONT },
    tooltip: {
      trigger: 'item',
      transitionDuration: 0,
      backgroundColor: ink.surface,
      borderColor: ink.line,
      textStyle: { color: ink.strong, fontSize: 12 },
      formatter: (item) => {
        const row = Array.isArray(item) ? null : rowOfDot(item.data);
        return row === null ? '' : dotText(row, measure);
      },
    },
    xAxis: {
      type: 'value',
      min: -0.6,
      max: Math.max(0.6, present.length - 0.4),
      axisLine: { lineStyle: { color: ink.line }, onZero: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        customValues: columns.map((column) => column.place),
        formatter: (place: number) => nameOf(place),
        color: ink.text,
        fontSize: 12,
        lineHeight: 16,
        hideOverlap: true,
      },
    },
    yAxis: {
      type: 'value',
      name: isShare(measure) ? `${measure.name} (0 to 1)` : headerOf(measure),
      // Else the line stands at x = 0, which is the middle of the first label.
      axisLine: { show: false, onZero: false },
      axisTick: { show: false },
      scale: !isShare(measure),
      ...(isShare(measure) && { min: 0, max: 1 }),
      nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 0, -48] },
      axisLabel: { color: ink.text },
      splitLine: { lineStyle: { color: ink.line } },
    },
    series: columns.flatMap(({ label, place, dots }) => {
      const mean = analysis.summary[String(label.value)]?.[measure.key]?.mean ?? null;
      const scatter = {
        type: 'scatter' as const,
        name: label.name,
        data: dots,
        cursor: 'pointer',
        symbolSize: 9,
        itemStyle: { color: label.colour, opacity: 0.85 },
      };
      if (mean === null) return [scatter];
      const line = {
        type: 'line' as const,
        silent: true,
        showSymbol: false,
        data: [
          [place - 0.32, mean],
          [place + 0.32, mean],
        ],
        lineStyle: { color: ink.strong, width: 2 },
      };
      return [scatter, line];
    }),
  };
};
