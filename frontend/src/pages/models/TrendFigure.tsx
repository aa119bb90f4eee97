import { NativeSelect } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Label, ModelVersion } from '../../api/types';
import type { Ink } from '../parts/chartInk';
import { fixed } from '../parts/numbers';
import { Figure } from '../results/Figure';
import type { Opens } from '../results/plots/frame';
import { inOrder, trendPlot } from './trend';
import { labelName, scoreOf } from './versionWords';

interface TrendFigureProps {
  slug: string;
  labels: readonly Label[];
  versions: readonly ModelVersion[];
}

/** Is the model getting better? Dice of each version on the frozen test set, with its interval. */
export function TrendFigure({ slug, labels, versions }: TrendFigureProps) {
  const [label, setLabel] = useState<number | null>(null);
  const navigate = useNavigate();
  const rows = inOrder(versions);
  const scored = labels.filter(({ value }) => versions.some((version) => typeof version.scores[String(value)]?.mean === 'number'));
  const colour = labels.find((one) => one.value === label)?.colour;
  const build = useCallback((ink: Ink) => trendPlot(versions, label, colour ?? ink.strong, ink), [versions, label, colour]);
  const addressOf = (place: number) => `/studies/${slug}/models/versions/${rows[place]?.id ?? ''}`;
  const open = (opens: Opens) => {
    if ('row' in opens) void navigate(addressOf(opens.row));
  };
  return (
    <Figure
      name={`${slug}-versions`}
      title="From version to version"
      about="Mean Dice with its 95 % interval, drawn over subjects. Intervals of two versions say little about their difference: compare them."
      controls={
        <NativeSelect
          size="xs"
          aria-label="Label of the plot"
          value={label === null ? '' : String(label)}
          onChange={(event) => setLabel(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))}
          data={[{ value: '', label: 'mean over labels' }, ...scored.map((one) => ({ value: String(one.value), label: one.name }))]}
        />
      }
      height={260}
      label={`Dice of ${rows.length} model versions on the frozen test set, ${labelName(labels, label)}`}
      build={build}
      onOpen={open}
      table={{
        head: ['Version', 'Dice', 'lower', 'upper', 'SD', 'cases', 'subjects', 'state'],
        rows: rows.map((version, place) => {
          const score = scoreOf(version, label);
          return {
            cells: [version.name, fixed(score?.mean, 3), fixed(score?.ci?.[0], 3), fixed(score?.ci?.[1], 3), fixed(score?.sd, 3), score?.n ?? 0, score?.subjects ?? null, version.state],
            to: addressOf(place),
          };
        }),
      }}
    />
  );
}
