import { Alert, Card, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { useParams } from 'react-router';
import { isLive } from '../../api/polling';
import { useStudy, useTrainingRun } from '../../api/queries';
import type { Label, TrainingRun } from '../../api/types';
import { JobHeader } from '../jobs/JobHeader';
import { JobProgress } from '../jobs/JobProgress';
import { Chart } from '../parts/Chart';
import { useChartInk } from '../parts/chartInk';
import { Facts } from '../parts/Facts';
import { durationText, timeText } from '../parts/numbers';
import { Loaded } from '../parts/states';
import { diceCurves, latestCurve, lossCurve } from './curves';
import { ScoreList } from './scores';
import { plannedEpochs, settingFacts } from './settingsText';
import { SplitFacts } from './StartTraining';

export default function RunPage() {
  const { slug = '', runId = '' } = useParams();
  const labels = useStudy(slug).data?.labels;
  const query = useTrainingRun(runId);
  return (
    <Loaded query={query}>
      {(run) => (
        <>
          <JobHeader title={`Training: ${run.architecture_title}`} job={run.job} back={{ to: `/studies/${slug}/models`, words: 'Models' }}>
            <span>{timeText(run.created_at)}</span>
          </JobHeader>
          <Stack gap="lg">
            <RunProgress run={run} />
            <Curves run={run} labels={labels ?? NO_LABELS} />
            <Folds run={run} labels={labels ?? NO_LABELS} />
            <RunFacts run={run} labels={labels ?? NO_LABELS} />
          </Stack>
        </>
      )}
    </Loaded>
  );
}

const NO_LABELS: readonly Label[] = [];

function RunProgress({ run }: { run: TrainingRun }) {
  const { job } = run;
  if (job.state === 'failed') {
    return (
      <Alert color="red" variant="light" title="The training failed">
        {job.error || 'The worker gave no reason; its log has more.'}
      </Alert>
    );
  }
  return <JobProgress job={job} label="Progress of the training" />;
}

function Curves({ run, labels }: { run: TrainingRun; labels: readonly Label[] }) {
  const ink = useChartInk();
  const planned = plannedEpochs(run.parameters, run.epochs.length);
  const epochs = useMemo(() => latestCurve(run.epochs), [run.epochs]);
  const options = useMemo(
    () => ({ loss: lossCurve(epochs, planned, ink), dice: diceCurves(epochs, planned, labels, ink) }),
    [epochs, planned, labels, ink],
  );
  if (run.epochs.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {isLive(run.job.state) ? 'The curves begin with the first epoch.' : 'No epoch was finished.'}
      </Text>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card>
        <Chart option={options.loss} height={260} label="Training loss by epoch" />
      </Card>
      <Card>
        <Chart option={options.dice} height={260} label="Validation Dice by epoch, one line per label" />
      </Card>
    </SimpleGrid>
  );
}

/** The table of a cross-validation: each fold's Dice on the subjects that it held out. */
function Folds({ run, labels }: { run: TrainingRun; labels: readonly Label[] }) {
  const folds = run.outcome.folds ?? [];
  if (folds.length === 0) return null;
  const learned = labels.filter((label) => folds.some((fold) => fold.scores[String(label.value)] !== undefined));
  return (
    <Card>
      <Title order={2} mb="sm">
        Dice by fold, mean ± SD over its subjects
      </Title>
      <Table aria-label="Dice by fold">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Held out</Table.Th>
            {learned.map((label) => (
              <Table.Th key={label.value}>{label.name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {folds.map((fold) => (
            <Table.Tr key={fold.fold}>
              <Table.Td>{fold.validation.join(', ')}</Table.Td>
              {learned.map((label) => (
                <Table.Td key={label.value}>{scoreText(fold.scores[String(label.value)])}</Table.Td>
              ))}
            </Table.Tr>
          ))}
          <Table.Tr fw={600}>
            <Table.Td>all subjects</Table.Td>
            {learned.map((label) => (
              <Table.Td key={label.value}>{scoreText(run.scores[String(label.value)])}</Table.Td>
            ))}
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Card>
  );
}

const scoreText = (score: TrainingRun['scores'][string] | undefined): string => {
  if (score === undefined || score.mean === null) return score?.undefined ?? '–';
  return score.sd === null ? score.mean.toFixed(3) : `${score.mean.toFixed(3)} ± ${score.sd.toFixed(3)}`;
};

const GB = 1e9;

function RunFacts({ run, labels }: { run: TrainingRun; labels: readonly Label[] }) {
  const seconds = run.epochs.reduce((sum, row) => sum + row.seconds, 0);
  const memory = Math.max(0, ...run.epochs.map((row) => row.peak_memory_bytes ?? 0));
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card>
        <Title order={2} mb="sm">
          Dice on the test set, mean [95 % CI]
        </Title>
        {run.model_version === null && isLive(run.job.state) ? (
          <Text size="sm" c="dimmed">
            Scored once the training is done.
          </Text>
        ) : (
          <ScoreList scores={run.scores} labels={labels} />
        )}
      </Card>
      <Card>
        <Title order={2} mb="sm">
          How it was made
        </Title>
        <Stack gap="sm">
          <SplitFacts split={run} />
          <Facts
            facts={[
              ...settingFacts({
                ...run.parameters,
                specification: { ...run.parameters.specification, architecture: run.architecture_title },
              }),
              ['code', run.code_version || '–'],
              ['by', run.created_by ?? '–'],
              ['time in epochs', durationText(seconds)],
              ['most memory', memory === 0 ? '–' : `${(memory / GB).toFixed(1)} GB`],
              ...(run.initial === null ? [] : ([['began from', run.initial]] as const)),
            ]}
          />
        </Stack>
      </Card>
    </SimpleGrid>
  );
}
