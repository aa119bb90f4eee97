import { Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconClock, IconWand } from '@tabler/icons-react';
import { Link, useParams } from 'react-router';
import { useJob } from '../../api/queries';
import { type ProposalRequest, useProposalRequests } from '../../api/registry';
import { JobHeader } from '../jobs/JobHeader';
import { JobProgress } from '../jobs/JobProgress';
import { type Column, DataTable } from '../parts/DataTable';
import { EmptyState, Loaded } from '../parts/states';
import partClasses from '../parts/Parts.module.css';
import { countsText } from './requestCounts';

const LOOKS = {
  waiting: { icon: IconClock, colour: 'var(--mantine-color-dimmed)' },
  made: { icon: IconCircleCheck, colour: 'var(--radicula-accepted)' },
  skipped: { icon: IconCircleMinus, colour: 'var(--mantine-color-dimmed)' },
  failed: { icon: IconAlertTriangle, colour: 'var(--radicula-red)' },
} as const;

function StateMark({ state }: { state: ProposalRequest['state'] }) {
  const { icon: IconOf, colour } = LOOKS[state];
  return (
    <span className={partClasses['mark']}>
      <IconOf size={15} color={colour} aria-hidden />
      <span>{state}</span>
    </span>
  );
}

const columns = (slug: string): readonly Column<ProposalRequest>[] => [
  {
    key: 'case',
    header: 'Case',
    value: (row) => row.case.name,
    cell: (row) => <Link to={`/studies/${slug}/cases/${row.case.id}`}>{row.case.name}</Link>,
  },
  { key: 'volume', header: 'Image', value: (row) => row.volume_name },
  { key: 'state', header: 'State', value: (row) => row.state, cell: (row) => <StateMark state={row.state} /> },
  { key: 'attempts', header: 'Tries', value: (row) => row.attempts, numeric: true },
  { key: 'reason', header: 'Reason', value: (row) => row.reason },
];

/** What a bulk of proposals came to, image by image, while it runs and afterwards. */
export default function ProposalsPage() {
  const { slug = '', jobId = '' } = useParams();
  const query = useJob(jobId);
  const requests = useProposalRequests(jobId);
  return (
    <Loaded query={query}>
      {(job) => (
        <>
          <JobHeader title={job.title} job={job} back={{ to: `/studies/${slug}/models`, words: 'Models' }} />
          <Stack gap="lg">
            <JobProgress job={job} label="Progress of the proposals" />
            {job.error !== '' && (
              <Text size="sm" c="var(--radicula-red)" role="alert">
                {job.error}
              </Text>
            )}
            <Loaded query={requests}>
              {(rows) =>
                rows.length === 0 ? (
                  <EmptyState icon={IconWand} title="No image was asked for">
                    Start again from the page of models.
                  </EmptyState>
                ) : (
                  <>
                    <Text size="sm" role="status">
                      {countsText(rows)}. A proposal stands beside people&apos;s labels, never in their place.
                      {job.state === 'cancelled' ? ' Running it again goes on with what waits.' : ''}
                    </Text>
                    <DataTable name="requests" caption="images proposed for" columns={columns(slug)} rows={rows} rowId={(row) => row.id} />
                  </>
                )
              }
            </Loaded>
          </Stack>
        </>
      )}
    </Loaded>
  );
}
