/** When the tray opens by itself, and how it says in one line what goes on. */

import { isLive } from '../api/polling';
import type { Job } from '../api/types';
import { countOf, percent } from '../pages/parts/numbers';

type Shown = Pick<Job, 'id' | 'state' | 'created_by' | 'title' | 'progress'>;

/** Ids of the jobs that open the tray: those of this user that go on, and all that failed. */
export const opensFor = (jobs: readonly Shown[], username: string | undefined): string =>
  jobs
    .filter((job) => job.state === 'failed' || (isLive(job.state) && job.created_by === username))
    .map((job) => `${job.id} ${job.state === 'failed' ? 'failed' : 'live'}`)
    .toSorted()
    .join(',');

/** What the user last chose, and what called for the tray at that time. */
export interface Choice {
  reason: string;
  open: boolean;
}

/** A choice holds until something else calls for the tray. */
export const isOpen = (reason: string, choice: Choice | null): boolean =>
  choice?.reason === reason ? choice.open : reason !== '';

const count = (jobs: readonly Shown[]) => {
  const live = jobs.filter((job) => isLive(job.state)).length;
  const failed = jobs.filter((job) => job.state === 'failed').length;
  return { live, failed, ended: jobs.length - live - failed };
};

const inWords = (running: string, { failed, ended }: { failed: number; ended: number }): string =>
  [
    running,
    failed > 0 ? countOf(failed, 'job failed', 'jobs failed') : '',
    ended > 0 ? countOf(ended, 'job ended', 'jobs ended') : '',
  ]
    .filter(Boolean)
    .join(', ');

/** How many jobs are in which state: read aloud when it changes, so without a percentage that changes each second. */
export const countsOf = (jobs: readonly Shown[]): string => {
  const counts = count(jobs);
  return inWords(counts.live > 0 ? countOf(counts.live, 'job running', 'jobs running') : '', counts);
};

/** The same, and of a job that runs alone its name and progress. */
export const summaryOf = (jobs: readonly Shown[]): string => {
  const counts = count(jobs);
  const only = jobs.find((job) => isLive(job.state));
  if (counts.live !== 1 || only === undefined) return countsOf(jobs);
  return inWords(`${only.title}: ${only.state === 'queued' ? 'queued' : percent(only.progress)}`, counts);
};
