/** Successive model versions on the same cases: a line per label, with the interval of each mean. */

import type { CustomSeriesRenderItem, EChartsOption } from 'echarts/types/dist/shared';
import type { MetricSummary } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { symbolAt } from '../looks';
import { headerOf, isShare, type MeasureFacts } from '../measures';
import { withInterval } from '../words';
import { baseOption, legendOf, type Opens, valueAxis, type PlotLabel } from './frame';

export interface RoundLine {
  label: PlotLabel;
  /** By round; null where nothing is defined. */
  points: readonly { summary: MetricSummary | null; opens: Opens }[];
}

const upright = (colour: string): CustomSeriesRenderItem => (_, api) => {
  const [x = 0, y1 = 0] = api.coord([api.value(0), api.value(1)]);
  const [, y2 = 0] = api.coord([api.value(0), api.value(2)]);
  return { type: 'path', shape: { pathData: `M${x},${y1}L${x},${y2}M${x - 4},${y1}L${x + 4},${y1}M${x - 4},${y2}L${x + 4},${y2}` }, style: { stroke: colour, fill: 'none', lineWidth: 1.2 } };
};

export const roundsPlot = (rounds: readonly string[], lines: readonly RoundLine[], measure: MeasureFacts, ink: Ink): EChartsOption => ({
  ...baseOption(ink),
  grid: { left: 58, right: 20, top: 14, bottom: 62 },
  legend: legendOf(ink),
  xAxis: { type: 'category', data: [...rounds], axisLine: { lineStyle: { color: ink.line } }, axisTick: { show: false }, axisLabel: { color: ink.text, fontSize: 12, width: 130, overflow: 'truncate' } },
  yAxis: { ...valueAxis(ink, headerOf(measure)), nameGap: 42, scale: true, ...(isShare(measure) && { max: 1 }) },
  series: lines.flatMap(({ label, points }, index) => [
    {
      type: 'custom' as const,
      name: label.name,
      silent: true,
      renderItem: upright(label.colour),
      encode: { x: 0, y: [1, 2] },
      data: points.flatMap(({ summary }, place) => (!summary?.ci ? [] : [[place, summary.ci[0] ?? 0, summary.ci[1] ?? 0]])),
    },
    {
      type: 'line' as const,
      name: label.name,
      symbol: symbolAt(index),
      symbolSize: 9,
      itemStyle: { color: label.colour },
      lineStyle: { color: label.colour, width: 1.5 },
      cursor: 'pointer',
      data: points.map(({ summary, opens }, place) => ({
        value: [place, summary?.mean ?? null],
        told: [rounds[place] ?? '', label.name, `${headerOf(measure)} ${withInterval(summary?.mean ?? null, summary?.ci, measure.digits)}`, `n = ${summary?.n ?? 0}, SD ${fixed(summary?.sd, measure.digits)}`],
        opens,
      })),
    },
  ]),
});
