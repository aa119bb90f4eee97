import { describe, expect, it } from 'vitest';
import { endedBetween, FAST_MS, jobInterval, jobsInterval, SLOW_MS } from './polling';
import type { Job, JobState } from './types';

const job = (id: string, state: JobState): Job => ({
  id, state, study: 's', kind: 'import', title: id, progress: 0, message: '', error: '', result: null,
  created_at: '', started_at: null, finished_at: null, created_by: null, may_cancel: false, may_retry: false,
});

describe('polling', () => {
  it('asks every second while something is queued or runs, else every five', () => {
    expect(jobsInterval(undefined)).toBe(SLOW_MS);
    expect(jobsInterval([job('a', 'done')])).toBe(SLOW_MS);
    expect(jobsInterval([job('a', 'done'), job('b', 'queued')])).toBe(FAST_MS);
  });

  it('stops asking for a job that ended', () => {
    expect(jobInterval(job('a', 'running'))).toBe(FAST_MS);
    expect(jobInterval(job('a', 'failed'))).toBe(false);
    expect(jobInterval(undefined)).toBe(false);
  });

  it('notices jobs that ended between two polls', () => {
    const before = [job('a', 'running'), job('b', 'queued'), job('c', 'done')];
    expect(endedBetween(before, [job('b', 'running')])).toEqual(['a']);
    expect(endedBetween([], [job('b', 'running')])).toEqual([]);
  });
});
