import { Button, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconPlus, IconRotateClockwise2 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { useStudy } from '../../api/queries';
import { type RoundPoint, useRoundOptions, useRounds, useRoundsReport } from '../../api/rounds';
import type { Label } from '../../api/types';
import { PageHeader } from '../parts/PageHeader';
import { mayTrain } from '../parts/roles';
import { EmptyState, Loaded } from '../parts/states';
import { Figure, Numbers } from '../results/Figure';
import { PlanRound } from './PlanRound';
import { RoundCard } from './RoundCard';
import { type Against, roundsPlot, roundsTable, shownPoints } from './roundsPlot';
import { isOpen } from './words';

export default function RoundsPage() {
  const { slug = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const study = useStudy(slug).data;
  const mayPlan = mayTrain(study);
  const rounds = useRounds(slug);
  const report = useRoundsReport(slug);
  const readers = useRoundOptions(slug).data?.readers ?? [];
  const plan = mayPlan && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setParams({ plan: '' })}>
      Plan a round
    </Button>
  );
  return (
    <>
      <PageHeader title="Rounds" about="Which cases are labelled next, and did the last ones make the model better?">
        {rounds.data && rounds.data.length > 0 && !rounds.data.some(isOpen) ? plan : null}
      </PageHeader>
      <Loaded query={rounds}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon={IconRotateClockwise2} title="Plan the first round" action={plan}>
              A round chooses the cases that a model would learn most from, reserves each for one reader, trains when their
              labels are accepted, and scores the new model on the frozen test set.
            </EmptyState>
          ) : (
            <Stack gap="xl">
              {report.data && <Progress points={report.data} labels={study?.labels ?? NO_LABELS} />}
              {list.map((round) => (
                <RoundCard key={round.id} slug={slug} round={round} readers={readers} mayPlan={mayPlan} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {params.has('plan') && mayPlan && <PlanRound slug={slug} onClose={() => setParams({})} />}
    </>
  );
}

const NO_LABELS: readonly Label[] = [];

function Progress({ points, labels }: { points: readonly RoundPoint[]; labels: readonly Label[] }) {
  const [label, setLabel] = useState('');
  const [against, setAgainst] = useState<Against>('cases');
  const build = useMemo(() => roundsPlot(points, label, against), [points, label, against]);
  const table = useMemo(() => roundsTable(points, label), [points, label]);
  if (shownPoints(points, label, 'cases').length === 0 && label === '') {
    return (
      <section aria-label="What the rounds came to">
        <Text size="sm" c="dimmed" mb="sm">
          No round has been scored on the frozen test set yet: Dice is shown here when one has.
        </Text>
        <Numbers title="What the rounds came to" table={table} />
      </section>
    );
  }
  return (
    <Figure
      name="rounds"
      title="What the rounds came to"
      about="Mean over the test cases, with the 95 % interval of a bootstrap by subject. The table has what each round cost: minutes per case, voxels changed per proposal, proposals accepted untouched."
      height={300}
      label="Dice on the frozen test set, round by round"
      build={build}
      table={table}
      controls={
        <>
          {labels.length > 1 && (
            <NativeSelect
              size="xs"
              aria-label="Label"
              value={label}
              data={[{ value: '', label: 'Mean of labels' }, ...labels.map((row) => ({ value: String(row.value), label: row.name }))]}
              onChange={(event) => setLabel(event.currentTarget.value)}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label="Against"
            value={against}
            onChange={(value) => setAgainst(value as Against)}
            data={[
              { value: 'cases', label: 'Cases' },
              { value: 'minutes', label: 'Minutes' },
            ]}
          />
        </>
      }
    />
  );
}
