import { Alert, Anchor, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { isLive } from '../../api/polling';
import { useJob } from '../../api/queries';
import type { Job } from '../../api/types';
import { ImportReportView } from '../cases/ImportReportView';
import { importReportOf } from '../cases/importReport';
import { Facts } from '../parts/Facts';
import { JobMark } from '../parts/marks';
import { durationText, percent, secondsLeft, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { Loaded } from '../parts/states';
import { useNow } from '../parts/useNow';
import { JobActions } from './JobActions';
import { jobSeconds } from './jobSeconds';
import { resultFacts } from './resultFacts';

export default function JobPage() {
  const { slug = '', jobId = '' } = useParams();
  const query = useJob(jobId);
  return (
    <Loaded query={query}>
      {(job) => (
        <>
          <PageHeader
            title={job.title}
            about={
              <Group gap={8}>
                <Anchor component={Link} to={`/studies/${slug}/jobs`} size="sm">
                  Jobs
                </Anchor>
                <JobMark state={job.state} />
              </Group>
            }
          >
            <JobActions job={job} size="sm" />
          </PageHeader>
          <JobParts job={job} />
        </>
      )}
    </Loaded>
  );
}

function JobParts({ job }: { job: Job }) {
  const live = isLive(job.state);
  const now = useNow(live ? 1_000 : 60_000);
  const left = live ? secondsLeft(job.progress, job.started_at, now) : null;
  const report = importReportOf(job.result);
  return (
    <Stack gap="lg">
      {live && (
        <div>
          <Progress value={job.progress * 100} transitionDuration={100} aria-label="Progress" />
          <Text size="sm" c="dimmed" mt={6}>
            {percent(job.progress)} {job.message}
            {left === null ? '' : ` · about ${durationText(left)} left`}
          </Text>
        </div>
      )}
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
