/** The numbers of one quantity: what they are about along x, each a dot in the colour and shape of its author. */

import type { EChartsOption } from 'echarts/types/dist/shared';
import type { MeasureValue } from '../../api/types';
import type { Ink } from '../parts/chartInk';
import { baseOption, legendOf, spread, valueAxis, zoomBy } from '../results/plots/frame';
import type { Look } from '../results/looks';
import { withUnit } from './valueText';

/** What the numbers are about, in the order of the labels; muscles at each level. */
export const itemsOf = (values: readonly MeasureValue[]): readonly string[] => [
  ...new Set(values.toSorted((a, b) => (a.label ?? 0) - (b.label ?? 0) || a.item.localeCompare(b.item)).map(itemOf)),
];

export const itemOf = ({ item, level }: Pick<MeasureValue, 'item' | 'level'>): string =>
  level === '' || item.includes(level) ? item : `${item}, ${level}`;

/** Authors stand side by side over an item, each one's cases a little apart. */
const placeOf = (slot: number, authors: number, index: number): number => (0.7 * (slot + 0.5 + 0.6 * spread(index))) / authors - 0.35;

const axisName = (title: string, unit: string): string => (unit === '' ? title : `${title} (${unit})`);

export const valuePlot = (
  values: readonly MeasureValue[],
  title: string,
  unit: string,
  lookOf: (value: MeasureValue) => Look,
  ink: Ink,
  small = false,
): EChartsOption => {
  const items = itemsOf(values);
  const authors = [...new Set(values.map((value) => value.title))];
  return {
    ...baseOption(ink),
    aria: { enabled: true },
    grid: { left: small ? 52 : 72, right: 16, top: 12, bottom: small ? 26 : 76 },
    ...(small ? {} : { legend: { ...legendOf(ink), data: authors }, dataZoom: zoomBy({ y: true }) }),
    xAxis: {
      ...valueAxis(ink, ''),
      min: -0.6,
      max: Math.max(0.6, items.length - 0.4),
      splitLine: { show: false },
      axisLabel: {
        customValues: items.map((_, place) => place),
        formatter: (place: number) => items[place] ?? '',
        color: ink.text,
        fontSize: small ? 10 : 12,
        hideOverlap: true,
        width: 110,
        overflow: 'break',
      },
    },
    yAxis: { ...valueAxis(ink, small ? '' : axisName(title, unit)), nameGap: 54, scale: true },
    series: authors.map((author, slot) => ({
      type: 'scatter' as const,
      name: author,
      symbolSize: small ? 5 : 9,
      cursor: small ? 'default' : 'pointer',
      silent: small,
      data: values.flatMap((value, index) => {
        if (value.title !== author || value.value === null) return [];
        const look = lookOf(value);
        return [
          {
            value: [items.indexOf(itemOf(value)) + placeOf(slot, authors.length, index), value.value],
            told: [`${itemOf(value)}: ${withUnit(value)}`, value.volume_name, value.title, ...(value.outdated === '' ? [] : [`outdated: ${value.outdated}`])],
            opens: { row: index },
            symbol: look.symbol,
            itemStyle: { color: look.colour, opacity: value.outdated === '' ? 0.9 : 0.35, borderColor: ink.surface, borderWidth: 0.5 },
          },
        ];
      }),
      itemStyle: { color: lookOf(values.find((value) => value.title === author) as MeasureValue).colour },
      symbol: lookOf(values.find((value) => value.title === author) as MeasureValue).symbol,
    })),
  };
};
