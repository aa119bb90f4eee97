import { Alert, Stack, Text, Title } from '@mantine/core';
import { useParams } from 'react-router';
import { isLive } from '../../api/polling';
import { useJob } from '../../api/queries';
import type { Job } from '../../api/types';
import { ImportReportView } from '../cases/ImportReportView';
import { importReportOf } from '../cases/importReport';
import { Facts } from '../parts/Facts';
import { durationText, timeText } from '../parts/numbers';
import { Loaded } from '../parts/states';
import { useNow } from '../parts/useNow';
import { JobHeader } from './JobHeader';
import { JobProgress } from './JobProgress';
import { jobSeconds } from './jobSeconds';
import { resultFacts } from './resultFacts';

export default function JobPage() {
  const { slug = '', jobId = '' } = useParams();
  const query = useJob(jobId);
  return (
    <Loaded query={query}>
      {(job) => (
        <>
          <JobHeader title={job.title} job={job} back={{ to: `/studies/${slug}/jobs`, words: 'Jobs' }} />
          <JobParts job={job} />
        </>
      )}
    </Loaded>
  );
}

function JobParts({ job }: { job: Job }) {
  const now = useNow(isLive(job.state) ? 1_000 : 60_000);
  const report = importReportOf(job.result);
  return (
    <Stack gap="lg">
      <JobProgress job={job} />
      {job.state === 'failed' && (
        <Alert color="red" variant="light" title="Why it failed">
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {job.error || 'The worker gave no reason; its log has more.'}
          </Text>
        </Alert>
      )}
      <Facts
        facts={[
          ['Kind', job.kind.replaceAll(/[._]/g, ' ')],
          ['Started by', job.created_by ?? 'the site'],
          ['Queued', timeText(job.created_at)],
          ['Started', timeText(job.started_at)],
          ['Ended', timeText(job.finished_at)],
          ['Took', durationText(jobSeconds(job, now))],
        ]}
      />
      {report !== null && <ImportReportView report={report} />}
      {report === null && job.result !== null && (
        <section>
          <Title order={2} mb="xs">
            Result
          </Title>
          <Facts facts={resultFacts(job.study, job.result)} />
        </section>
      )}
    </Stack>
  );
}
