import { Checkbox, SegmentedControl, Select, Text } from '@mantine/core';
import { useState } from 'react';
import { useAnalysisReadings, useAnalysisRows } from '../../../api/queries';
import type { Estimate, ReadingPair } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { labelTitle, reliabilityOf } from '../answer';
import { lookOf, type Shown, useOpen, useShown } from '../context';
import { Figure } from '../Figure';
import { rowAddress } from '../filters';
import { blandAltmanPlot, digitsFor, measuredByBoth, pointOf, type Scale } from '../plots/blandAltman';
import { measurementTitle, pText, withInterval } from '../words';
import { useMeasurement } from './IccTable';

const estimate = ({ value, ci }: Estimate, digits: number): string => withInterval(value, ci, digits);

/** Bland and Altman's plot of one pair of readers and one label, with its numbers. */
export function BlandAltmanFigure() {
  const shown = useShown();
  const { document, filters, setFilters, analysis, slug } = shown;
  const measurement = useMeasurement();
  const entries = reliabilityOf(document, filters).filter((one) => one.measurement === measurement && one.pairs.length > 0);
  const entry = entries[0] ?? null;
  const chosenPair = document.pairs.find((pair) => pair.index === filters.pair);
  const pairs = entries.filter((one) => one.label === entry?.label).flatMap((one) => one.pairs);
  const isChosen = (pair: ReadingPair) => [pair.reader_a, pair.reader_b].every((place) => place === chosenPair?.reader_a || place === chosenPair?.reader_b);
  const [own, setOwn] = useState<string | null>(null);
  const found = pairs.find((pair) => own === keyOf(pair)) ?? pairs.find(isChosen) ?? pairs[0] ?? null;
  const [wanted, setScale] = useState<Scale>('absolute');
  const [trend, setTrend] = useState(false);
  const label = entry?.label ?? null;
  const readings = useAnalysisReadings(analysis.id, label === null ? {} : { label }, label !== null).data;
  const docPair = document.pairs.find((pair) => found !== null && [pair.reader_a, pair.reader_b].every((place) => place === found.reader_a || place === found.reader_b));
  const rows = useAnalysisRows(analysis.id, { ...(docPair && { pair: docPair.index }), ...(label !== null && { label }) }, docPair !== undefined && label !== null).data;
  const unit = (document.measurements.find((one) => one.name === measurement)?.unit ?? '').replace('mm3', 'mm³').replace('mm2', 'mm²');
  const scales = found === null ? [] : scalesOf(found);
  const scale = scales.includes(wanted) ? wanted : 'absolute';
  const numbers = found === null ? undefined : numbersOn(found, scale);
  const title = measurementTitle(document, measurement ?? '');
  const numberOf = new Map((rows ?? []).map((row) => [row.volume, row.number]));
  const inGroup = volumesOf(shown);
  const measured =
    found === null || measurement === null
      ? []
      : measuredByBoth((readings ?? []).filter((one) => inGroup(one.volume)), measurement, [found.reader_a, found.reader_b], (volume) => numberOf.get(volume) ?? null);
  const titleOf = (place: number | undefined) => document.readers[place ?? -1]?.title ?? '';
  const titles = [titleOf(found?.reader_a), titleOf(found?.reader_b)] as const;
  const look = lookOf(shown, document.readers[found?.reader_b ?? -1]);
  const open = useOpen();
  if (entry === null || found === null || numbers === undefined) return null;
  const name = unit === '' ? title : `${title.toLowerCase()} (${unit})`;
  const build = (ink: Ink) => blandAltmanPlot({ measured, found: numbers, scale, name, unit, titles, look, trend }, ink);
  const digits = digitsFor(numbers.sd);
  const shownUnit = scale === 'percent' ? ' %' : scale === 'ratio' || unit === '' ? '' : ` ${unit}`;
  const { bland_altman_repeated: repeated } = found;
  const choices = labelChoices(entries.map((one) => one.label), (value) => labelTitle(document, value));
  const { slope, p } = numbers.proportional;
  return (
    <Figure
      name={`bland-altman-${measurement ?? ''}-${entry.label}`}
      title={`Bland–Altman: ${title.toLowerCase()} of ${labelTitle(document, entry.label)}`}
      about={
        <>
          {titles[1]} {scale === 'ratio' ? 'over' : 'minus'} {titles[0]}, n = {numbers.n}: {scale === 'ratio' ? 'mean ratio' : 'bias'} {estimate(numbers.bias, digits)}
          {shownUnit}, limits of agreement {estimate(numbers.lower, digits)} to {estimate(numbers.upper, digits)}
          {shownUnit}. Bands are the intervals of the lines. {slope.value === null ? '' : `Slope of the difference on the mean ${estimate(slope, 3)}, p ${pText(p)}.`}
          {repeated && scale === 'absolute' &&
            ` With repeated measures of ${repeated.n_subjects} subjects (${repeated.n_readings} images): bias ${estimate(repeated.bias, digits)}, limits ${estimate(repeated.lower, digits)} to ${estimate(repeated.upper, digits)}${shownUnit}.`}
        </>
      }
      controls={
        <>
          {choices.length > 1 && (
            <Select size="xs" w={150} aria-label="Label of the Bland–Altman plot" allowDeselect={false} data={choices} value={String(entry.label)} onChange={(value) => setFilters({ label: value === null ? null : Number(value) })} />
          )}
          {pairs.length > 1 && (
            <Select
              size="xs"
              w={170}
              aria-label="Pair of the Bland–Altman plot"
              allowDeselect={false}
              data={pairs.map((pair) => ({ value: keyOf(pair), label: `${titleOf(pair.reader_a)} – ${titleOf(pair.reader_b)}` }))}
              value={keyOf(found)}
              onChange={setOwn}
            />
          )}
          {scales.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label="Scale of the difference"
              value={scale}
              onChange={(value) => setScale(value as Scale)}
              data={scales.map((value) => ({ value, label: { absolute: unit === '' ? 'Absolute' : unit, percent: '%', ratio: 'Ratio (log)' }[value] }))}
            />
          )}
          <Checkbox size="xs" label={<Text size="xs">Trend</Text>} checked={trend} onChange={(event) => setTrend(event.currentTarget.checked)} style={{ alignSelf: 'center' }} />
        </>
      }
      height={360}
      label={`Difference of ${titles[1]} and ${titles[0]} against their mean`}
      build={build}
      onOpen={open}
      table={{
        head: ['Volume', titles[0], titles[1], scale === 'ratio' ? 'Geometric mean' : `Mean${shownUnit === ' %' ? '' : shownUnit}`, scale === 'ratio' ? 'Ratio' : `Difference${shownUnit}`],
        rows: measured.map((one) => {
          const at = pointOf(one, scale);
          return {
            to: one.row === null ? undefined : rowAddress(slug, analysis.id, one.row, filters),
            cells: [one.name, fixed(one.first, digits), fixed(one.second, digits), fixed(at?.[0], digits), fixed(at?.[1], digits)],
          };
        }),
      }}
    />
  );
}

/** Whether a volume is of the group that is looked at; level and side are groups of labels. */
function volumesOf({ document, filters: { group } }: Shown): (volume: string) => boolean {
  if (group === null || group.by === 'level' || group.by === 'side') return () => true;
  const facts = new Map(document.cases.map((one): [string, Record<string, string | undefined>] => [one.volume, { ...one.facts, session: one.session }]));
  return (volume) => facts.get(volume)?.[group.by] === group.value;
}

/** A coordinate has a difference alone; answers of before have no ratio. */
const scalesOf = ({ bland_altman_percent: percent, bland_altman_ratio: ratio }: ReadingPair): Scale[] => [
  'absolute',
  ...(percent === null ? [] : ['percent' as const]),
  ...(ratio ? ['ratio' as const] : []),
];

const numbersOn = (pair: ReadingPair, scale: Scale) =>
  (scale === 'percent' ? pair.bland_altman_percent : scale === 'ratio' ? pair.bland_altman_ratio : null) ?? pair.bland_altman;

const keyOf = (pair: ReadingPair): string => `${pair.reader_a}-${pair.reader_b}`;

const labelChoices = (values: readonly number[], titleOf: (value: number) => string) =>
  [...new Set(values)].map((value) => ({ value: String(value), label: titleOf(value) }));
