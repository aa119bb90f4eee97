import { Button, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useParams, useSearchParams } from 'react-router';
import { useAnalyses, useModelVersions, useStudy } from '../../api/queries';
import type { Analysis, AnalysisKind } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { JobMark, RowLink } from '../parts/marks';
import { meanSd, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { mayAnalyse } from '../parts/roles';
import { Loaded } from '../parts/states';
import { KIND_TITLES } from './kinds';
import { NewAnalysis } from './NewAnalysis';
import { StudyReportMenu } from './ReportMenu';
import { Suggested } from './Suggested';
import { readerText, withModelNames } from './readers';

const columnsOf = (
  slug: string,
  models: ReadonlyMap<string, string>,
  labelNames: ReadonlyMap<string, string>,
): readonly Column<Analysis>[] => [
  {
    key: 'title',
    header: 'Analysis',
    value: (row) => withModelNames(row.title, models),
    cell: (row) => (
      <RowLink to={`/studies/${slug}/results/${row.id}`}>{withModelNames(row.title, models)}</RowLink>
    ),
  },
  {
    key: 'raters',
    header: 'Who',
    value: (row) => row.parameters.readers.map((reader) => readerText(reader, models)).join(', '),
  },
  { key: 'kind', header: 'Kind', value: (row) => KIND_TITLES[row.kind] },
  { key: 'state', header: 'State', value: (row) => row.state, cell: (row) => <JobMark state={row.state} /> },
  {
    key: 'dice',
    header: 'Dice, mean ± SD',
    value: (row) => diceText(row, labelNames),
    cell: (row) => (
      <Text size="sm" style={{ whiteSpace: 'pre-line' }}>
        {diceText(row, labelNames)}
      </Text>
    ),
  },
  { key: 'by', header: 'By', value: (row) => row.created_by ?? '' },
  { key: 'created', header: 'Made', value: (row) => row.created_at, cell: (row) => timeText(row.created_at) },
];

const MOST_LINES = 3;

const diceText = (row: Analysis, names: ReadonlyMap<string, string>): string => {
  const lines = Object.entries(row.summary).map(
    ([value, measures]) => `${names.get(value) ?? `label ${value}`}: ${meanSd(measures.dice)}`,
  );
  const rest = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
};

const kindFrom = (text: string | null): AnalysisKind | null =>
  text !== null && text in KIND_TITLES ? (text as AnalysisKind) : null;

export default function ResultsPage() {
  const { slug = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const study = useStudy(slug).data;
  const analyses = useAnalyses(slug);
  const versions = useModelVersions(slug, mayAnalyse(study)).data ?? [];
  const models = new Map(versions.map((version) => [version.id, version.name]));
  const labelNames = new Map((study?.labels ?? []).map((label) => [String(label.value), label.name]));
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setParams({ new: '' })}>
      New analysis
    </Button>
  );
  return (
    <>
      <PageHeader title="Results" about="Can we trust the labels, and what do they say?">
        {mayAnalyse(study) && <StudyReportMenu slug={slug} />}
        {add}
      </PageHeader>
      <Loaded query={analyses}>
        {(list) =>
          list.length === 0 ? (
            <section aria-labelledby="nothing-yet">
              <Title order={2} id="nothing-yet">
                Nothing is compared yet
              </Title>
              <Text size="sm" c="dimmed" mb="md" maw={640}>
                Each number of an analysis leads back to its labels. These questions can be asked; those that the study&apos;s protocol asks come first.
              </Text>
              <Suggested slug={slug} onAdjust={(kind) => setParams({ new: kind })} />
            </section>
          ) : (
            <DataTable
              name="analyses"
              caption="analyses"
              columns={columnsOf(slug, models, labelNames)}
              rows={list}
              rowId={(row) => row.id}
              initialSort={{ column: 'created', descending: true }}
            />
          )
        }
      </Loaded>
      {params.has('new') && <NewAnalysis key={params.get('new')} slug={slug} models={versions} kind={kindFrom(params.get('new'))} onClose={() => setParams({})} />}
    </>
  );
}
