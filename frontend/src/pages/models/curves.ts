/** The learning curves of a run as plots. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { Label, TrainingEpoch } from '../../api/types';
import { CHART_FONT, type Ink } from '../parts/chartInk';

const frame = (ink: Ink, epochs: number, yName: string): EChartsOption => ({
  grid: { left: 48, right: 16, top: 36, bottom: 72 },
  textStyle: { color: ink.text, fontFamily: CHART_FONT },
  tooltip: {
    trigger: 'axis',
    backgroundColor: ink.surface,
    borderColor: ink.line,
    textStyle: { color: ink.strong, fontSize: 12 },
    valueFormatter: (value) => (typeof value === 'number' ? value.toFixed(3) : '–'),
  },
  xAxis: {
    type: 'value',
    name: 'epoch',
    nameLocation: 'middle',
    nameGap: 26,
    min: 1,
    max: Math.max(2, epochs),
    minInterval: 1,
    axisLine: { lineStyle: { color: ink.line } },
    axisLabel: { color: ink.text },
    nameTextStyle: { color: ink.text },
    splitLine: { show: false },
  },
  yAxis: {
    type: 'value',
    name: yName,
    nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 4, -36] },
    axisLabel: { color: ink.text },
    splitLine: { lineStyle: { color: ink.line } },
  },
});

export const lossCurve = (epochs: readonly TrainingEpoch[], planned: number, ink: Ink): EChartsOption => ({
  ...frame(ink, planned, 'training loss'),
  series: [
    {
      type: 'line',
      name: 'loss',
      data: epochs.map((row) => [row.epoch, row.loss]),
      symbolSize: 3,
      lineStyle: { color: ink.strong, width: 1.5 },
      itemStyle: { color: ink.strong },
    },
  ],
});

const dashes = ['solid', 'dashed', 'dotted'] as const;

/** Validation Dice per label, in the label's colour; every third label has another dash, since colour isn't enough. */
export const diceCurves = (
  epochs: readonly TrainingEpoch[],
  planned: number,
  labels: readonly Label[],
  ink: Ink,
): EChartsOption => {
  const base = frame(ink, planned, 'validation Dice');
  return {
    ...base,
    yAxis: { ...(base.yAxis as object), min: 0, max: 1 },
    legend: { type: 'scroll', left: 0, bottom: 0, textStyle: { color: ink.text, fontFamily: CHART_FONT, fontSize: 12 }, pageTextStyle: { color: ink.text }, pageIconColor: ink.text, itemWidth: 18, itemHeight: 8 },
    series: labels.map((label, index) => ({
      type: 'line',
      name: label.name,
      data: epochs.map((row) => [row.epoch, row.validation_dice[String(label.value)] ?? null]),
      symbolSize: 3,
      lineStyle: { color: label.colour, width: 1.5, type: dashes[index % dashes.length] ?? 'solid' },
      itemStyle: { color: label.colour },
    })),
  };
};

/** Of a curve for each fold of a cross-validation and each step of a cascade: the one that grows now, or grew last. */
export const latestCurve = (epochs: readonly TrainingEpoch[]): readonly TrainingEpoch[] => {
  const fold = Math.max(0, ...epochs.map((row) => row.fold ?? 0));
  const rows = epochs.filter((row) => (row.fold ?? 0) === fold);
  const segmenting = rows.filter((row) => row.stage !== 'localise');
  return segmenting.length > 0 ? segmenting : rows;
};
