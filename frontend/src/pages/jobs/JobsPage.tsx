import { Progress, Text } from '@mantine/core';
import { IconProgress } from '@tabler/icons-react';
import { useParams } from 'react-router';
import { isLive } from '../../api/polling';
import { useJobs } from '../../api/queries';
import type { Job } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { JobMark, RowLink } from '../parts/marks';
import { durationText, percent, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { EmptyState, Loaded } from '../parts/states';
import { useNow } from '../parts/useNow';
import { JobActions } from './JobActions';
import { jobSeconds } from './jobSeconds';

const columnsOf = (now: number): readonly Column<Job>[] => [
  {
    key: 'title',
    header: 'Job',
    value: (job) => job.title,
    cell: (job) => <RowLink to={`/studies/${job.study}/jobs/${job.id}`}>{job.title}</RowLink>,
  },
  { key: 'state', header: 'State', value: (job) => job.state, cell: (job) => <JobMark state={job.state} /> },
  {
    key: 'progress',
    header: 'How it goes',
    value: (job) => (job.state === 'failed' ? job.error : job.message),
    cell: (job) => <HowItGoes job={job} />,
  },
  { key: 'by', header: 'Started by', value: (job) => job.created_by ?? 'the site' },
  { key: 'created', header: 'At', value: (job) => job.created_at, cell: (job) => timeText(job.created_at) },
  {
    key: 'seconds',
    header: 'Took',
    value: (job) => jobSeconds(job, now),
    cell: (job) => (job.started_at ? durationText(jobSeconds(job, now)) : ''),
    numeric: true,
  },
  { key: 'actions', header: '', value: () => '', cell: (job) => <JobActions job={job} /> },
];

function HowItGoes({ job }: { job: Job }) {
  return (
    <div style={{ minWidth: 200, maxWidth: 420 }}>
      {isLive(job.state) && (
        <Progress value={job.progress * 100} size={5} mb={4} transitionDuration={100} aria-label="Progress" />
      )}
      <Text size="xs" c={job.state === 'failed' ? 'var(--radicula-red)' : 'dimmed'} lineClamp={2}>
        {isLive(job.state) ? `${percent(job.progress)} ` : ''}
        {job.state === 'failed' ? job.error : job.message}
      </Text>
    </div>
  );
}

export default function JobsPage() {
  const { slug = '' } = useParams();
  const jobs = useJobs(slug);
  const live = jobs.data?.some((job) => isLive(job.state)) ?? false;
  const now = useNow(live ? 1_000 : 60_000);
  return (
    <>
      <PageHeader title="Jobs" about="What is running, and what failed?" />
      <Loaded query={jobs}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon={IconProgress} title="No jobs yet">
              Imports, trainings, proposals and analyses run here. Start one under Cases, Models or Results.
            </EmptyState>
          ) : (
            <DataTable
              name="jobs"
              caption="jobs"
              columns={columnsOf(now)}
              rows={list}
              rowId={(job) => job.id}
              initialSort={{ column: 'created', descending: true }}
            />
          )
        }
      </Loaded>
    </>
  );
}
