/** Each case a dot, per label, in the label's colour, with the mean as a line. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { AnalysisDetail, Label } from '../../api/types';
import { CHART_FONT, type Ink } from '../parts/chartInk';
import { headerOf, type MeasureFacts } from './measures';

/** Sideways offsets that keep dots apart and are the same at every drawing: golden-ratio steps in -0.25..0.25. */
export const spread = (index: number): number => ((index * 0.618034) % 1) * 0.5 - 0.25;

const dotsOf = (analysis: AnalysisDetail, label: Label, place: number, measure: MeasureFacts) =>
  analysis.rows
    .filter((row) => row.label === label.value && row[measure.key] !== null)
    .map((row, index) => ({ name: row.case.name, value: [place + spread(index), row[measure.key] ?? 0] }));

export const stripPlot = (
  analysis: AnalysisDetail,
  labels: readonly Label[],
  measure: MeasureFacts,
  ink: Ink,
): EChartsOption => {
  const present = labels.filter((label) => analysis.rows.some((row) => row.label === label.value));
  const counts = present.map((label, place) => dotsOf(analysis, label, place, measure).length);
  return {
    grid: { left: 60, right: 16, top: 36, bottom: 52 },
    textStyle: { color: ink.text, fontFamily: CHART_FONT },
    tooltip: {
      trigger: 'item',
      backgroundColor: ink.surface,
      borderColor: ink.line,
      textStyle: { color: ink.strong, fontSize: 12 },
      valueFormatter: (value) => (typeof value === 'number' ? `${value.toFixed(measure.digits)} ${measure.unit}` : '–'),
    },
    xAxis: {
      type: 'value',
      min: -0.6,
      max: Math.max(0.6, present.length - 0.4),
      interval: 1,
      axisLine: { lineStyle: { color: ink.line }, onZero: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { show: false },
    },
    yAxis: {
      type: 'value',
      name: headerOf(measure),
      axisLine: { show: false, onZero: false },
      axisTick: { show: false },
      scale: measure.key !== 'dice',
      ...(measure.key === 'dice' && { min: 0, max: 1 }),
      nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 0, -44] },
      axisLabel: { color: ink.text },
      splitLine: { lineStyle: { color: ink.line } },
    },
    series: present.flatMap((label, place) => {
      const mean = analysis.summary[String(label.value)]?.[measure.key]?.mean ?? null;
      const dots = {
        type: 'scatter' as const,
        name: label.name,
        data: dotsOf(analysis, label, place, measure),
        encode: { x: 0, y: 1, tooltip: 1 },
        symbolSize: 9,
        itemStyle: { color: label.colour, opacity: 0.85 },
      };
      const name = {
        type: 'scatter' as const,
        silent: true,
        symbolSize: 0,
        data: [[place, measure.key === 'dice' ? 0 : lowest(analysis, measure)]],
        label: {
          show: true,
          position: 'bottom' as const,
          distance: 12,
          lineHeight: 16,
          formatter: `${label.name}\nn = ${counts[place] ?? 0}`,
          color: ink.text,
          fontSize: 12,
        },
        clip: false,
      };
      if (mean === null) return [dots, name];
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
      return [dots, line, name];
    }),
  };
};

const lowest = (analysis: AnalysisDetail, measure: MeasureFacts): number =>
  Math.min(...analysis.rows.flatMap((row) => (row[measure.key] === null ? [] : [row[measure.key] ?? 0])));
