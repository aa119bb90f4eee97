/** What all plots of results share. */

import { format } from 'echarts/core';
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { Label } from '../../../api/types';
import { CHART_FONT, type Ink } from '../../parts/chartInk';

/** A label as plots draw it. */
export type PlotLabel = Pick<Label, 'value' | 'name' | 'colour'>;

/** Sideways offsets that keep dots apart and are the same at every drawing: golden-ratio steps in -0.5..0.5. */
export const spread = (index: number): number => ((index * 0.618034) % 1) - 0.5;

/** A mark as a plot holds it, with where a click on it leads. */
export interface Mark {
  value: (number | null)[];
  /** Lines of its tooltip; the first is its title. */
  told: readonly string[];
  opens?: Opens;
}

/** A row of the analysis, or the worst row of a choice. */
export type Opens = { row: number } | { pair: number; label: number | null };

const isMark = (data: unknown): data is Mark => typeof data === 'object' && data !== null && 'told' in data;

export const opensOf = (data: unknown): Opens | null => (isMark(data) ? (data.opens ?? null) : null);

/** Names are data, so they are escaped. */
export const toldHtml = (data: unknown): string => {
  if (!isMark(data)) return '';
  const [title = '', ...rest] = data.told;
  return [`<b>${format.encodeHTML(title)}</b>`, ...rest.map((line) => format.encodeHTML(line))].join('<br>');
};

export const baseOption = (ink: Ink): EChartsOption => ({
  textStyle: { color: ink.text, fontFamily: CHART_FONT },
  tooltip: {
    trigger: 'item',
    transitionDuration: 0,
    confine: true,
    backgroundColor: ink.surface,
    borderColor: ink.line,
    textStyle: { color: ink.strong, fontSize: 12 },
    formatter: (item) => (Array.isArray(item) ? '' : toldHtml(item.data)),
  },
});

export const valueAxis = (ink: Ink, name: string) => ({
  type: 'value' as const,
  name,
  nameLocation: 'middle' as const,
  nameTextStyle: { color: ink.text, fontSize: 12 },
  axisLine: { show: false, onZero: false, lineStyle: { color: ink.line } },
  axisTick: { show: false },
  axisLabel: { color: ink.text, fontSize: 12 },
  splitLine: { lineStyle: { color: ink.line } },
});

/** Wheel and pinch zoom, drag moves; with the wheel alone a page could not be scrolled past a plot, so it takes Ctrl. */
export const zoomBy = (axes: { x?: boolean; y?: boolean }) => [
  ...(axes.x ? [{ type: 'inside' as const, xAxisIndex: 0, filterMode: 'none' as const, zoomOnMouseWheel: 'ctrl' as const, moveOnMouseMove: 'ctrl' as const }] : []),
  ...(axes.y ? [{ type: 'inside' as const, yAxisIndex: 0, filterMode: 'none' as const, zoomOnMouseWheel: 'ctrl' as const, moveOnMouseMove: 'ctrl' as const }] : []),
];

export const legendOf = (ink: Ink) => ({
  type: 'scroll' as const,
  left: 0,
  bottom: 0,
  textStyle: { color: ink.text, fontFamily: CHART_FONT, fontSize: 12 },
  pageTextStyle: { color: ink.text },
  pageIconColor: ink.text,
  itemWidth: 14,
  itemHeight: 9,
});
