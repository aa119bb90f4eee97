/** How good each version was: a point with its interval per version, in the order that they were made. */

import type { CustomSeriesRenderItem, EChartsOption } from 'echarts/types/dist/shared';
import type { ModelVersion } from '../../api/types';
import type { Ink } from '../parts/chartInk';
import { baseOption, type Mark, valueAxis } from '../results/plots/frame';
import { scoreOf, scoreText } from './versionWords';

const upright = (colour: string): CustomSeriesRenderItem => (_, api) => {
  const [x = 0, y1 = 0] = api.coord([api.value(0), api.value(1)]);
  const [, y2 = 0] = api.coord([api.value(0), api.value(2)]);
  const path = `M${x},${y1}L${x},${y2}M${x - 5},${y1}L${x + 5},${y1}M${x - 5},${y2}L${x + 5},${y2}`;
  return { type: 'path', shape: { pathData: path }, style: { stroke: colour, fill: 'none', lineWidth: 1.4 } };
};

/** Oldest first: the plot reads as time does. */
export const inOrder = (versions: readonly ModelVersion[]): ModelVersion[] => versions.toSorted((a, b) => a.number - b.number);

export const trendPlot = (versions: readonly ModelVersion[], label: number | null, colour: string, ink: Ink): EChartsOption => {
  const rows = inOrder(versions);
  const points = rows.map((version, place): Mark & { symbol: string; symbolSize: number } => {
    const score = scoreOf(version, label);
    return {
      value: [place, score?.mean ?? null],
      told: [version.name, `Dice ${scoreText(score)}`, version.state],
      opens: { row: place },
      // What serves is told by its form, not by colour alone.
      symbol: version.state === 'serving' ? 'diamond' : version.state === 'retired' ? 'emptyCircle' : 'circle',
      symbolSize: version.state === 'serving' ? 14 : 9,
    };
  });
  return {
    ...baseOption(ink),
    grid: { left: 58, right: 20, top: 14, bottom: 44 },
    xAxis: {
      type: 'category',
      data: rows.map((version) => (version.state === 'serving' ? `v${version.number}\nserving` : `v${version.number}`)),
      axisLine: { lineStyle: { color: ink.line } },
      axisTick: { show: false },
      axisLabel: { color: ink.text, fontSize: 12, lineHeight: 16 },
    },
    yAxis: { ...valueAxis(ink, 'Dice on the frozen test set'), nameGap: 42, scale: true, max: 1 },
    series: [
      {
        type: 'custom',
        silent: true,
        renderItem: upright(colour),
        encode: { x: 0, y: [1, 2] },
        data: rows.flatMap((version, place) => {
          const ci = scoreOf(version, label)?.ci;
          return ci ? [[place, ci[0] ?? 0, ci[1] ?? 0]] : [];
        }),
      },
      { type: 'line', itemStyle: { color: colour }, lineStyle: { color: colour, width: 1.2, opacity: 0.5 }, cursor: 'pointer', data: points },
    ],
  };
};
