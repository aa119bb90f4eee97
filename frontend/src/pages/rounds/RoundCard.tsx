import { Alert, Badge, Button, Card, Group, Menu, Progress, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isLive } from '../../api/polling';
import { messageOf } from '../../api/problem';
import {
  choiceRelease, choiceReserve, type Round, roundCancel, type RoundChoice, roundKeys, type RoundOptions, roundTrain,
} from '../../api/rounds';
import { trackJob } from '../../api/trackedJobs';
import { type Column, DataTable } from '../parts/DataTable';
import { RowLink, TaskMark } from '../parts/marks';
import { percent, significant, timeText } from '../parts/numbers';
import { isOpen, mayRelease, STATE_WORD, triggerText, whereText } from './words';

interface RoundCardProps {
  slug: string;
  round: Round;
  readers: RoundOptions['readers'];
  /** Whether the user plans rounds, or only looks at them. */
  mayPlan: boolean;
}

/** A round: where it stands, what stands in its way, and its cases. */
export function RoundCard({ slug, round, readers, mayPlan }: RoundCardProps) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: roundKeys.all(slug) });
  const train = useMutation({
    mutationFn: () => roundTrain(round.id),
    onSuccess: async (row) => {
      if (row.training_job) trackJob(row.training_job.id);
      await refresh();
    },
  });
  const cancel = useMutation({ mutationFn: () => roundCancel(round.id), onSuccess: refresh });
  const change = useMutation({
    mutationFn: async ({ choice, rater }: { choice: RoundChoice; rater: number | null }) => {
      await (rater === null ? choiceRelease(choice.id) : choiceReserve(choice.id, rater));
    },
    onSuccess: refresh,
  });
  const error = train.error ?? cancel.error ?? change.error;
  const job = [round.training_job, round.choice_job].find((one) => isLive(one?.state ?? 'done'));
  return (
    <Card component="section" aria-label={`Round ${round.number}`}>
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Group gap={10}>
            <Title order={2}>Round {round.number}</Title>
            <Badge variant={isOpen(round) ? 'filled' : 'light'} color={isOpen(round) ? 'teal' : 'gray'} miw="max-content">
              {STATE_WORD[round.state]}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {round.strategy_title}, seed {round.seed}
            {round.asked && `, asked ${round.asked.name}`} · {round.accepted} of {round.choices.length || round.k} accepted
            {isOpen(round) && ` · ${triggerText(round)}`}
            {round.repeats > 0 && isOpen(round) && ` · ${round.repeats} more to follow`}
            {round.result && ` · made ${round.result.name}`}
          </Text>
        </div>
        {mayPlan && isOpen(round) && (
          <Group gap={8}>
            {(round.state === 'labelling' || round.problem !== '') && round.state !== 'choosing' && (
              <Button size="xs" loading={train.isPending} disabled={job !== undefined} onClick={() => train.mutate()}>
                Train now
              </Button>
            )}
            <EndRound number={round.number} pending={cancel.isPending} onEnd={() => cancel.mutate()} />
          </Group>
        )}
      </Group>
      <Stack gap="sm">
        {job && (
          <div>
            <Text size="sm" mb={4}>
              {job.message || 'queued'} · {percent(job.progress)}
            </Text>
            <Progress value={100 * job.progress} aria-label={job.title} />
          </div>
        )}
        {round.problem !== '' && (
          <Alert color="amber" variant="light" title="It does not go on by itself">
            <Text size="sm">{round.problem}</Text>
          </Alert>
        )}
        {error && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {messageOf(error)}
          </Text>
        )}
        {round.choices.length > 0 && (
          <DataTable
            name={`round-${round.number}`}
            title="Chosen cases"
            caption={`cases of round ${round.number}`}
            columns={columnsOf(slug, round, mayPlan, readers, (choice, rater) => change.mutate({ choice, rater }))}
            rows={round.choices}
            rowId={(choice) => choice.id}
            initialSort={{ column: 'rank', descending: false }}
          />
        )}
      </Stack>
    </Card>
  );
}

/** An ended round can't be taken up again, so one click is not enough. */
function EndRound({ number, pending, onEnd }: { number: number; pending: boolean; onEnd: () => void }) {
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button size="xs" variant="default" loading={pending}>
          End round
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          What is running stops, and cases that nobody has begun go back to the pool. Begun work goes on. An ended round can't be
          taken up again.
        </Menu.Label>
        <Menu.Item onClick={onEnd}>End round {number} now</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

type Change = (choice: RoundChoice, rater: number | null) => void;

const columnsOf = (
  slug: string, round: Round, mayPlan: boolean, readers: RoundOptions['readers'], onChange: Change,
): readonly Column<RoundChoice>[] => [
  { key: 'rank', header: 'Rank', value: (choice) => choice.rank, numeric: true },
  {
    key: 'case',
    header: 'Case',
    value: (choice) => choice.case.name,
    cell: (choice) => <RowLink to={`/studies/${slug}/cases/${choice.case.id}`}>{choice.case.name}</RowLink>,
  },
  {
    key: 'score',
    header: round.score_means === '' ? 'Score' : `Score: ${round.score_means}`,
    value: (choice) => choice.score,
    cell: (choice) => (choice.score === null ? <span title="This strategy goes by no score.">–</span> : significant(choice.score, 4)),
    numeric: true,
  },
  { key: 'where', header: 'Whose', value: whereText },
  {
    key: 'state',
    header: 'State',
    value: (choice) => choice.task_state ?? '',
    cell: (choice) => (choice.task_state ? <TaskMark state={choice.task_state} /> : null),
  },
  {
    key: 'until',
    header: 'Begin by',
    value: (choice) => (mayRelease(choice) ? choice.expires_at : null),
    cell: (choice) => (mayRelease(choice) ? timeText(choice.expires_at) : ''),
  },
  ...(mayPlan && isOpen(round)
    ? [
        {
          key: 'act',
          header: '',
          value: () => '',
          cell: (choice: RoundChoice) => <ChoiceAction choice={choice} readers={readers} onChange={onChange} />,
        },
      ]
    : []),
];

function ChoiceAction({ choice, readers, onChange }: { choice: RoundChoice; readers: RoundOptions['readers']; onChange: Change }) {
  if (mayRelease(choice)) {
    return (
      <Button size="compact-xs" variant="default" aria-label={`Release ${choice.case.name}`} onClick={() => onChange(choice, null)}>
        Release
      </Button>
    );
  }
  if (choice.state !== 'open') return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-xs" variant="default" aria-label={`Reserve ${choice.case.name}`}>
          Reserve for
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {readers.map((reader) => (
          <Menu.Item key={reader.id} onClick={() => onChange(choice, reader.id)}>
            {reader.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
