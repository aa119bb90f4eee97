import { Button, Group, Stack } from '@mantine/core';
import { IconCpu, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { useModelVersions, useStudy, useTrainingRuns } from '../../api/queries';
import type { Label, ModelVersion, TrainingRun } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { JobMark, RowLink } from '../parts/marks';
import { percent, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { isLive } from '../../api/polling';
import { mayTrain } from '../parts/roles';
import { EmptyState, Loaded } from '../parts/states';
import { Architectures } from './Architectures';
import { History } from './History';
import { ImportModel } from './ImportModel';
import { ModelVersions } from './ModelVersions';
import { ServingCard } from './ServingCard';
import { StartTraining } from './StartTraining';
import { TrendFigure } from './TrendFigure';

const runColumns = (slug: string): readonly Column<TrainingRun>[] => [
  {
    key: 'created',
    header: 'Run',
    value: (run) => run.created_at,
    cell: (run) => <RowLink to={`/studies/${slug}/models/runs/${run.id}`}>{timeText(run.created_at)}</RowLink>,
  },
  { key: 'architecture', header: 'Architecture', value: (run) => run.architecture_title },
  {
    key: 'state',
    header: 'State',
    value: (run) => run.job.state,
    cell: (run) => (
      <>
        <JobMark state={run.job.state} /> {isLive(run.job.state) ? percent(run.job.progress) : ''}
      </>
    ),
  },
  { key: 'epochs', header: 'Epochs', value: (run) => run.epochs.length, numeric: true },
  {
    key: 'split',
    header: 'Train / validation / test subjects',
    value: (run) => `${run.train.length} / ${run.validation.length} / ${run.test.length}`,
    numeric: true,
  },
  { key: 'seed', header: 'Seed', value: (run) => run.seed, numeric: true },
  { key: 'by', header: 'By', value: (run) => run.created_by ?? '' },
];

const NO_LABELS: readonly Label[] = [];

/** What serves, how it came to that, all versions, and who decided what. */
function Versions({ slug, versions }: { slug: string; versions: readonly ModelVersion[] }) {
  const study = useStudy(slug).data;
  const labels = study?.labels ?? NO_LABELS;
  const scored = versions.some((version) => typeof version.overall?.mean === 'number');
  return (
    <>
      {versions.length > 0 && <ServingCard slug={slug} versions={versions} mayMake={mayTrain(study)} />}
      {scored && <TrendFigure slug={slug} labels={labels} versions={versions} />}
      <section>
        <ModelVersions slug={slug} labels={labels} versions={versions} mayMake={mayTrain(study)} />
      </section>
      {versions.length > 0 && <History slug={slug} />}
    </>
  );
}

export default function ModelsPage() {
  const { slug = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const study = useStudy(slug).data;
  const [importing, setImporting] = useState(false);
  const runs = useTrainingRuns(slug);
  const models = useModelVersions(slug);
  const train = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setParams({ train: '' })}>
      Train a model
    </Button>
  );
  return (
    <>
      <PageHeader title="Models" about="Is the model getting better, and on what was it trained?">
        {runs.data && runs.data.length > 0 ? train : null}
      </PageHeader>
      <Loaded query={runs}>
        {(list) =>
          list.length === 0 && models.data?.length === 0 ? (
            <Stack gap="xl">
              <EmptyState icon={IconCpu} title="Train the first model" action={
                <Group gap="xs">
                  {train}
                  {mayTrain(study) && (
                    <Button variant="default" onClick={() => setImporting(true)}>
                      Import a version…
                    </Button>
                  )}
                </Group>
              }>
                A model learns from submitted and accepted labels, is scored on subjects that it never saw, and then
                proposes labels for the cases that have none. A version that was exported elsewhere can be imported.
              </EmptyState>
              <Architectures slug={slug} labels={study?.labels ?? []} mayMake={mayTrain(study)} />
            </Stack>
          ) : (
            <Stack gap="xl">
              <Loaded query={models}>{(versions) => <Versions slug={slug} versions={versions} />}</Loaded>
              <Architectures slug={slug} labels={study?.labels ?? []} mayMake={mayTrain(study)} />
              <section>
                <DataTable
                  title="Training runs"
                  name="runs"
                  caption="training runs"
                  columns={runColumns(slug)}
                  rows={list}
                  rowId={(run) => run.id}
                />
              </section>
            </Stack>
          )
        }
      </Loaded>
      {importing && <ImportModel slug={slug} onClose={() => setImporting(false)} />}
      {params.has('train') && <StartTraining slug={slug} onClose={() => setParams({})} />}
    </>
  );
}
