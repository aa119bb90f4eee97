import { Button, Stack } from '@mantine/core';
import { IconCpu, IconPlus } from '@tabler/icons-react';
import { useParams, useSearchParams } from 'react-router';
import { useModelVersions, useStudy, useTrainingRuns } from '../../api/queries';
import type { TrainingRun } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { JobMark, RowLink } from '../parts/marks';
import { percent, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { isLive } from '../../api/polling';
import { EmptyState, Loaded } from '../parts/states';
import { ModelVersions } from './ModelVersions';
import { StartTraining } from './StartTraining';

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

export default function ModelsPage() {
  const { slug = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const study = useStudy(slug).data;
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
          list.length === 0 ? (
            <EmptyState icon={IconCpu} title="Train the first model" action={train}>
              A model learns from submitted and accepted labels, is scored on subjects that it never saw, and then
              proposes labels for the cases that have none.
            </EmptyState>
          ) : (
            <Stack gap="xl">
              <section>
                <Loaded query={models}>
                  {(versions) => <ModelVersions slug={slug} labels={study?.labels ?? []} versions={versions} />}
                </Loaded>
              </section>
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
      {params.has('train') && <StartTraining slug={slug} onClose={() => setParams({})} />}
    </>
  );
}
