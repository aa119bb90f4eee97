/** How often to ask the site about work that goes on there. */

import type { Job, JobState } from './types';

export const FAST_MS = 1_000;
export const SLOW_MS = 5_000;

export const isLive = (state: JobState): boolean => state === 'queued' || state === 'running';

/** Every second while something runs, else every five. */
export const jobsInterval = (jobs: readonly Pick<Job, 'state'>[] | undefined): number =>
  jobs?.some((job) => isLive(job.state)) ? FAST_MS : SLOW_MS;

/** Every second while this job runs, else not at all. */
export const jobInterval = (job: Pick<Job, 'state'> | undefined): number | false =>
  job !== undefined && isLive(job.state) ? FAST_MS : false;

/**
 * Jobs that ended between two polls: those that were live before and no longer are among the live ones.
 * Their outcome has to be asked for, one by one.
 */
export const endedBetween = (before: readonly Job[], now: readonly Job[]): string[] => {
  const live = new Set(now.filter((job) => isLive(job.state)).map((job) => job.id));
  return before.filter((job) => isLive(job.state) && !live.has(job.id)).map((job) => job.id);
};
