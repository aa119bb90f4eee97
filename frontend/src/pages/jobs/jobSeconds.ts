import type { Job } from '../../api/types';

/** How long a job ran, or has run until now; null before it started. */
export const jobSeconds = (job: Pick<Job, 'started_at' | 'finished_at'>, now: number): number | null => {
  if (job.started_at === null) return null;
  const end = job.finished_at === null ? now : new Date(job.finished_at).getTime();
  return Math.max(0, (end - new Date(job.started_at).getTime()) / 1000);
};
