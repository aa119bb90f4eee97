/** Means with their intervals, a line per pair: who agrees with whom, and how far the model is from the raters. */

import type { CustomSeriesRenderItem, EChartsOption } from 'echarts/types/dist/shared';
import type { MetricSummary } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { headerOf, type MeasureFacts } from '../measures';
import { withInterval } from '../words';
import { baseOption, type Opens, valueAxis, zoomBy } from './frame';

export interface MeanLine {
  title: string;
  colour: string;
  symbol: string;
  summary: MetricSummary;
  opens?: Opens;
}

/** A whisker from low to high at the height of its category. */
export const whisker = (ink: Ink): CustomSeriesRenderItem => (_, api) => {
  const low = api.coord([api.value(0), api.value(2)]);
  const high = api.coord([api.value(1), api.value(2)]);
  const [x1 = 0, y = 0] = low;
  const [x2 = 0] = high;
  return {
    type: 'path',
    shape: { pathData: `M${x1},${y}L${x2},${y}M${x1},${y - 4}L${x1},${y + 4}M${x2},${y - 4}L${x2},${y + 4}` },
    style: { stroke: ink.text, fill: 'none', lineWidth: 1.5 },
  };
};

export const pairMeansPlot = (lines: readonly MeanLine[], measure: MeasureFacts, ink: Ink): EChartsOption => ({
  ...baseOption(ink),
  grid: { left: 8, right: 24, top: 8, bottom: 44, containLabel: true },
  dataZoom: zoomBy({ x: true }),
  xAxis: { ...valueAxis(ink, `${headerOf(measure)}, mean and interval`), nameGap: 28, scale: true },
  yAxis: {
    type: 'category',
    inverse: true,
    data: lines.map((line) => line.title),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: ink.strong, fontSize: 12, width: 220, overflow: 'truncate' },
  },
  series: [
    {
      type: 'custom',
      name: 'interval',
      silent: true,
      renderItem: whisker(ink),
      encode: { x: [0, 1], y: 2 },
      data: lines.flatMap(({ summary }, place) => (summary.ci === null ? [] : [[summary.ci[0] ?? 0, summary.ci[1] ?? 0, place]])),
    },
    {
      type: 'scatter',
      name: 'mean',
      symbolSize: 11,
      cursor: 'pointer',
      data: lines.map(({ summary, title, colour, symbol, opens }, place) => ({
        value: [summary.mean, place],
        symbol,
        itemStyle: { color: colour },
        told: [title, `${headerOf(measure)} ${withInterval(summary.mean, summary.ci, measure.digits)}`, `SD ${fixed(summary.sd, measure.digits)}, n = ${summary.n}`],
        ...(opens && { opens }),
        label: { show: true, position: 'top', distance: 4, formatter: fixed(summary.mean, measure.digits), color: ink.strong, fontSize: 12 },
      })),
    },
  ],
});
