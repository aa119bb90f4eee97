/** Dice on the frozen test set against labelled cases or minutes, with its interval, round by round. */

import type { CustomSeriesRenderItem, EChartsOption } from 'echarts/types/dist/shared';
import type { RoundPoint } from '../../api/rounds';
import type { Ink } from '../parts/chartInk';
import { fixed, percent, UNDEFINED } from '../parts/numbers';
import { baseOption, type Mark, valueAxis } from '../results/plots/frame';
import type { FigureTable } from '../results/Figure';

export type Against = 'cases' | 'minutes';

export const AGAINST: Record<Against, string> = {
  cases: 'label maps learned from',
  minutes: 'minutes of annotation, all rounds so far',
};

/** The score of a round: of one label, or the mean over the labels. */
export const scoreOf = (point: RoundPoint, label: string) =>
  label === '' ? point.scores.overall : (point.scores.labels[label] ?? null);

const placeOf = (point: RoundPoint, against: Against): number | null =>
  against === 'cases' ? point.training_cases : point.minutes;

const nameOf = (point: RoundPoint): string => (point.number === 0 ? 'Before the rounds' : `Round ${point.number}`);

/** Rounds that have both a score and a place on the axis. */
export const shownPoints = (points: readonly RoundPoint[], label: string, against: Against): readonly RoundPoint[] =>
  points.filter((point) => typeof scoreOf(point, label)?.mean === 'number' && placeOf(point, against) !== null);

const markOf = (point: RoundPoint, label: string, against: Against): Mark => {
  const score = scoreOf(point, label);
  const [low, high] = score?.ci ?? [null, null];
  return {
    value: [placeOf(point, against), score?.mean ?? null, low ?? null, high ?? null],
    told: [
      `${nameOf(point)}: ${point.title}`,
      `Dice ${fixed(score?.mean, 3)} (${score?.ci ? `95 % ${fixed(low, 3)} to ${fixed(high, 3)}` : 'no interval'}; n = ${score?.n ?? 0})`,
      point.version,
    ],
  };
};

const whisker = (colour: string): CustomSeriesRenderItem => (_params, api) => {
  const [x, low, high] = [api.value(0), api.value(2), api.value(3)];
  if (typeof low !== 'number' || typeof high !== 'number' || Number.isNaN(low)) return null;
  const [px = 0, top = 0] = api.coord([x, high]);
  const bottom = api.coord([x, low])[1] ?? 0;
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line' as const,
    shape: { x1, y1, x2, y2 },
    style: { stroke: colour, lineWidth: 1.5 },
  });
  return { type: 'group', children: [line(px, top, px, bottom), line(px - 4, top, px + 4, top), line(px - 4, bottom, px + 4, bottom)] };
};

/** The axis begins a round tenth below the lowest interval, so that a small gain is seen, and says so in even steps. */
const diceAxis = (marks: readonly Mark[]): { min: number; max: number; interval: number } => {
  const lowest = Math.min(1, ...marks.flatMap(({ value: [, mean, low] }) => [mean, low].filter((end) => typeof end === 'number')));
  const min = Math.max(0, Math.floor((lowest - 0.02) * 10) / 10);
  return { min, max: 1, interval: min < 0.5 ? 0.2 : min < 0.8 ? 0.1 : 0.05 };
};

export const roundsPlot =
  (points: readonly RoundPoint[], label: string, against: Against) =>
  (ink: Ink): EChartsOption => {
    const marks = shownPoints(points, label, against).map((point) => markOf(point, label, against));
    return {
      ...baseOption(ink),
      grid: { left: 56, right: 24, top: 16, bottom: 48 },
      xAxis: { ...valueAxis(ink, AGAINST[against]), nameGap: 30, min: 0, minInterval: against === 'cases' ? 1 : 0 },
      yAxis: { ...valueAxis(ink, 'Dice on the frozen test set'), nameGap: 40, ...diceAxis(marks) },
      series: [
        { type: 'custom', name: 'interval', data: marks, renderItem: whisker(ink.text), encode: { x: 0, y: [2, 3] }, silent: true },
        {
          type: 'line', name: 'Dice', data: marks, symbol: 'circle', symbolSize: 9,
          lineStyle: { color: ink.strong, width: 1.5 }, itemStyle: { color: ink.strong }, encode: { x: 0, y: 1 },
        },
      ],
    };
  };

/** The same and what each round cost, as numbers. */
export const roundsTable = (points: readonly RoundPoint[], label: string): FigureTable => ({
  head: [
    'Round', 'Strategy', 'Learned from', 'Dice', '95 % interval', 'Test cases', 'Accepted labels', 'Minutes per case',
    'Voxels changed', 'Untouched',
  ],
  rows: points.map((point) => {
    const score = scoreOf(point, label);
    const [low, high] = score?.ci ?? [null, null];
    return {
      cells: [
        nameOf(point), point.title, point.training_cases, fixed(score?.mean, 3),
        score?.ci ? `${fixed(low, 3)} to ${fixed(high, 3)}` : UNDEFINED, score?.n ?? null, point.accepted,
        fixed(point.minutes_per_case, 1), fixed(point.voxels_changed, 0), percent(point.untouched_share),
      ],
    };
  }),
});
