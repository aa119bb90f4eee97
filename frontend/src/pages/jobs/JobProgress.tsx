import { Progress, Text } from '@mantine/core';
import { isLive } from '../../api/polling';
import type { Job } from '../../api/types';
import { durationText, percent, secondsLeft } from '../parts/numbers';
import { useNow } from '../parts/useNow';

/** How far a job is, what it does now and how long it may still take; nothing once it has ended. */
export function JobProgress({ job, label = 'Progress' }: { job: Pick<Job, 'state' | 'progress' | 'message' | 'started_at'>; label?: string }) {
  const live = isLive(job.state);
  const now = useNow(live ? 1_000 : 60_000);
  if (!live) return null;
  const left = secondsLeft(job.progress, job.started_at, now);
  return (
    <div>
      <Progress value={job.progress * 100} transitionDuration={100} aria-label={label} />
      <Text size="sm" c="dimmed" mt={6}>
        {percent(job.progress)} {job.message}
        {left === null ? '' : ` · about ${durationText(left)} left`}
      </Text>
    </div>
  );
}
