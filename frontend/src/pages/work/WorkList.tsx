import { Button, Kbd, Stack, Text, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconChecks, IconPlayerPlay } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { useRatingsByStudy } from '../../api/tracts';
import type { TaskRow } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import table from '../parts/DataTable.module.css';
import { RowLink, TaskMark } from '../parts/marks';
import { agoText, countOf, durationText, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { EmptyState, Loaded } from '../parts/states';
import { useNow } from '../parts/useNow';
import { ToRate } from '../tractography/ToRate';
import { leftToRate } from '../tractography/tractText';
import classes from './Work.module.css';
import { byStudy, handedInThisWeek, openTasks, reviewQueue } from './workOrder';

interface WorkListProps {
  query: UseQueryResult<TaskRow[]>;
  /** What others handed in and this user may review. */
  toReview: readonly TaskRow[];
  slug?: string;
}

export function WorkList({ query, toReview, slug }: WorkListProps) {
  const now = useNow(60_000);
  const tasks = query.data ?? [];
  const open = openTasks(tasks);
  const week = handedInThisWeek(tasks, now);
  const reviews = reviewQueue(toReview);
  const first = open[0] ?? reviews[0];
  const tractograms = leftToRate(useRatingsByStudy().data ?? [], slug);
  const counts = [
    ...(open.length > 0 || reviews.length === 0 ? [`${countOf(open.length, 'task')} open`] : []),
    ...(reviews.length > 0 ? [`${reviews.length} to review`] : []),
  ];
  return (
    <>
      <PageHeader title="My work" about={query.data ? counts.join(', ') : 'What is mine now?'} />
      <Loaded query={query}>
        {() => (
          <Stack gap="xl">
            {first ? <NextTask task={first} review={open.length === 0} /> : tractograms.length === 0 && <NothingWaits slug={slug} />}
            <ToRate given={tractograms} named={slug === undefined} />
            {byStudy(open).map((group) => (
              <section key={group.slug} aria-label={group.name}>
                <OpenTasks
                  name={`open-${group.slug}`}
                  title={slug === undefined ? group.name : 'Open'}
                  tasks={group.tasks}
                />
              </section>
            ))}
            {reviews.length > 0 && <ToReview tasks={reviews} ofOneStudy={slug !== undefined} now={now} />}
            {week.length > 0 && <ThisWeek tasks={week} now={now} />}
          </Stack>
        )}
      </Loaded>
    </>
  );
}

function NextTask({ task, review }: { task: TaskRow; review: boolean }) {
  const navigate = useNavigate();
  const start = () => void navigate(`/tasks/${task.id}`);
  useHotkeys([
    ['S', start],
    ['Enter', (event) => { if (event.target === document.body) start(); }, { preventDefault: false }],
  ]);
  const comment = task.state === 'returned' ? task.latest_review?.comment : undefined;
  return (
    <div className={classes.next}>
      <div>
        <Text size="sm" c="dimmed">
          {review ? 'Next to review' : 'Next'}: {task.study.name}
        </Text>
        <Text fz={20} fw={600} my={2}>
          {task.case.name}
          <Text span size="sm" c="dimmed" fw={400} ml={12}>
            {review ? `by ${task.rater.name}, ` : ''}read {task.read} · <TaskMark state={task.state} />
          </Text>
        </Text>
        {comment && (
          <Text size="sm" className={classes.comment}>
            “{comment}”
          </Text>
        )}
      </div>
      <Button
        size="lg"
        data-opens-task
        onClick={start}
        leftSection={<IconPlayerPlay size={20} aria-hidden />}
        rightSection={
          <span className={classes.keys}>
            <Kbd size="xs">S</Kbd>
          </span>
        }
        title={`${review ? 'Review' : 'Start'} (S or Enter)`}
      >
        {review ? 'Review' : task.state === 'todo' ? 'Start' : 'Go on'}
      </Button>
    </div>
  );
}

function NothingWaits({ slug }: { slug: string | undefined }) {
  return (
    <EmptyState
      icon={IconChecks}
      title="Nothing waits for you"
      action={
        <Button component={Link} to={slug === undefined ? '/' : `/studies/${slug}`} variant="default">
          {slug === undefined ? 'Studies' : 'Overview'}
        </Button>
      }
    >
      A study lead gives you cases to read; they show up here, and what a reviewer sends back stands first.
    </EmptyState>
  );
}

const OPEN_COLUMNS: readonly Column<TaskRow>[] = [
  {
    key: 'case',
    header: 'Case',
    value: (task) => task.case.name,
    cell: (task) => <RowLink to={`/tasks/${task.id}`}>{task.case.name}</RowLink>,
  },
  { key: 'read', header: 'Read', value: (task) => task.read, numeric: true },
  { key: 'state', header: 'State', value: (task) => task.state, cell: (task) => <TaskMark state={task.state} /> },
  {
    key: 'comment',
    header: "Reviewer's comment",
    value: (task) => (task.state === 'returned' ? task.latest_review?.comment : ''),
    cell: (task) => (
      <Text size="sm" lineClamp={2} maw={520}>
        {task.state === 'returned' ? task.latest_review?.comment : ''}
      </Text>
    ),
  },
  {
    key: 'active_seconds',
    header: 'Time spent',
    value: (task) => task.active_seconds,
    cell: (task) => (task.active_seconds > 0 ? durationText(task.active_seconds) : ''),
    numeric: true,
  },
  { key: 'created', header: 'Given', value: (task) => task.created_at, cell: (task) => timeText(task.created_at) },
];

const OpenTasks = ({ name, title, tasks }: { name: string; title: string; tasks: readonly TaskRow[] }) => (
  <DataTable name={name} title={title} caption="open tasks" columns={OPEN_COLUMNS} rows={tasks} rowId={(task) => task.id} />
);

const reviewColumns = (ofOneStudy: boolean, now: number): readonly Column<TaskRow>[] => [
  {
    key: 'case',
    header: 'Case',
    value: (task) => task.case.name,
    cell: (task) => <RowLink to={`/tasks/${task.id}`}>{task.case.name}</RowLink>,
  },
  ...(ofOneStudy ? [] : [{ key: 'study', header: 'Study', value: (task: TaskRow) => task.study.name }]),
  { key: 'rater', header: 'Rater', value: (task) => task.rater.name },
  { key: 'read', header: 'Read', value: (task) => task.read, numeric: true },
  {
    key: 'submitted',
    header: 'Handed in',
    value: (task) => task.submitted_at,
    cell: (task) => <span title={timeText(task.submitted_at)}>{agoText(task.submitted_at, now)}</span>,
  },
  {
    key: 'before',
    header: 'Came back before',
    value: (task) => task.latest_review?.comment,
    cell: (task) => (
      <Text size="sm" lineClamp={1} maw={360} title={task.latest_review?.comment ?? ''}>
        {task.latest_review?.comment ?? ''}
      </Text>
    ),
  },
  {
    key: 'open',
    header: '',
    value: () => '',
    cell: (task) => (
      <Button component={Link} to={`/tasks/${task.id}`} size="compact-xs" variant="default" className={table.above}>
        Open
      </Button>
    ),
  },
];

const ToReview = ({ tasks, ofOneStudy, now }: { tasks: readonly TaskRow[]; ofOneStudy: boolean; now: number }) => (
  <section aria-label="To review">
    <DataTable
      name="review"
      title="To review"
      caption="tasks that wait for your review"
      columns={reviewColumns(ofOneStudy, now)}
      rows={tasks}
      rowId={(task) => task.id}
    />
  </section>
);

function ThisWeek({ tasks, now }: { tasks: readonly TaskRow[]; now: number }) {
  const seconds = tasks.reduce((sum, task) => sum + task.active_seconds, 0);
  return (
    <section aria-label="Handed in this week">
      <Title order={2} mb={4}>
        In the last 7 days
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        You handed in {countOf(tasks.length, 'task')} in {durationText(seconds)} of active work.
      </Text>
      <ul className={classes.done}>
        {tasks.slice(0, 12).map((task) => (
          <li key={task.id}>
            <Link to={`/tasks/${task.id}`}>{task.case.name}</Link>
            <span>
              {task.study.name}, read {task.read}
            </span>
            <TaskMark state={task.state} />
            <span>{durationText(task.active_seconds)}</span>
            <span>{agoText(task.submitted_at, now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
