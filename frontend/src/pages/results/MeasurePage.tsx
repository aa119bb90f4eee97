import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { useAnalyses, useStudy } from '../../api/queries';
import type { Analysis, Label } from '../../api/types';
import { NotFoundPage } from '../../app/NotFoundPage';
import { DataTable, type Column } from '../parts/DataTable';
import { LabelMark, RowLink } from '../parts/marks';
import { fixed, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { EmptyState, Loaded } from '../parts/states';
import { IconRuler2 } from '@tabler/icons-react';
import { KIND_TITLES } from './kinds';
import { headerOf, isMeasure, isShare, MEASURES, measureOf, type MeasureFacts } from './measures';
import classes from './Results.module.css';
import { RELIABILITY, type Explained } from './reliabilityMeasures';

interface Value {
  analysis: Analysis;
  label: Label;
  mean: number | null;
  sd: number | null;
  n: number;
}

const columnsOf = (slug: string, measure: MeasureFacts): readonly Column<Value>[] => [
  {
    key: 'analysis',
    header: 'Analysis',
    value: (row) => row.analysis.title,
    cell: (row) => <RowLink to={`/studies/${slug}/results/${row.analysis.id}?label=${row.label.value}&metric=${measure.key}`}>{row.analysis.title}</RowLink>,
  },
  { key: 'kind', header: 'Kind', value: (row) => KIND_TITLES[row.analysis.kind] },
  { key: 'label', header: 'Label', value: (row) => row.label.value, cell: (row) => <LabelMark label={row.label} /> },
  { key: 'mean', header: `Mean${measure.unit === '' ? '' : ` (${measure.unit})`}`, value: (row) => row.mean, cell: (row) => fixed(row.mean, measure.digits), numeric: true },
  { key: 'sd', header: 'SD', value: (row) => row.sd, cell: (row) => fixed(row.sd, measure.digits), numeric: true },
  { key: 'n', header: 'n', value: (row) => row.n, numeric: true },
  { key: 'made', header: 'Made', value: (row) => row.analysis.created_at, cell: (row) => timeText(row.analysis.created_at) },
];

/** What a measure means, and the study's values of it. */
export default function MeasurePage() {
  const { slug = '', measure: name = '' } = useParams();
  if (isMeasure(name)) return <MetricPage slug={slug} measure={measureOf(name)} />;
  const found = RELIABILITY[name];
  if (found === undefined) return <NotFoundPage />;
  return (
    <>
      <PageHeader title={found.name} about={<Links slug={slug} />} />
      <Explanation explained={found} />
    </>
  );
}

function MetricPage({ slug, measure }: { slug: string; measure: MeasureFacts }) {
  const study = useStudy(slug).data;
  const analyses = useAnalyses(slug);
  const range = isShare(measure) ? 'between 0 and 1, without a unit' : `in ${measure.unit}`;
  const better = measure.key === 'volume_difference_mm3' ? 'best at 0' : measure.higherIsBetter ? 'higher is better' : 'lower is better';
  const valuesOf = (list: readonly Analysis[]): Value[] =>
    list.flatMap((analysis) =>
      (study?.labels ?? []).flatMap((label) => {
        const found = analysis.summary[String(label.value)]?.[measure.key];
        return found === undefined ? [] : [{ analysis, label, mean: found.mean, sd: found.sd, n: found.n }];
      }),
    );
  return (
    <>
      <PageHeader title={headerOf(measure)} about={<Links slug={slug} />} />
      <Explanation explained={{ ...measure, definition: `${measure.definition} It is ${range}; ${better}. Distances and volumes are in the patient's millimetres, along the volume's own spacing. Where it has no meaning, as the distance to an empty mask has none, it is undefined with its reason.` }} />
      <Loaded query={analyses}>
        {(list) => {
          const values = valuesOf(list);
          return values.length === 0 ? (
            <EmptyState icon={IconRuler2} title="No values yet" action={<Link to={`/studies/${slug}/results?new`}>New analysis</Link>}>
              They come with the first analysis of this study.
            </EmptyState>
          ) : (
            <DataTable title="In this study" name={measure.key} caption={`values of ${measure.name}`} columns={columnsOf(slug, measure)} rows={values} rowId={(row) => `${row.analysis.id}-${row.label.value}`} initialSort={{ column: 'made', descending: true }} />
          );
        }}
      </Loaded>
    </>
  );
}

function Links({ slug }: { slug: string }) {
  return (
    <div className={classes.choice}>
      <Anchor component={Link} to={`/studies/${slug}/results`} size="sm">
        Results
      </Anchor>
      {[...MEASURES.map((key) => [key, measureOf(key).name] as const), ...Object.entries(RELIABILITY).map(([key, { name }]) => [key, name] as const)].map(([key, words]) => (
        <Anchor key={key} component={Link} to={`/studies/${slug}/results/measures/${key}`} size="sm">
          {words}
        </Anchor>
      ))}
    </div>
  );
}

function Explanation({ explained }: { explained: Explained }) {
  return (
    <Stack gap="xs" mb="xl" maw={760}>
      <Text>{explained.definition}</Text>
      <Title order={2}>Formula</Title>
      <div className={classes.formula}>{explained.formula}</div>
      <Title order={2}>Source</Title>
      <Text size="sm">{explained.source}</Text>
    </Stack>
  );
}
