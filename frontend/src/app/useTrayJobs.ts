import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { jobGet } from '../api/client';
import { endedBetween, isLive, jobInterval } from '../api/polling';
import { keys, useActiveJobs, useSession } from '../api/queries';
import { useTrackedJobs } from '../api/trackedJobs';
import type { Job } from '../api/types';

/** Live jobs of my studies, and those seen alive since this page was loaded that ended and were not dismissed. Newest first. */
export const useTrayJobs = (): Job[] => {
  const signedIn = Boolean(useSession().data?.user);
  const active = useActiveJobs(signedIn).data;
  const { ids, track } = useTrackedJobs();
  const queries = useQueryClient();
  const before = useRef<Job[]>([]);

  useEffect(() => {
    if (active === undefined) return;
    track(active.map((job) => job.id));
    if (endedBetween(before.current, active).length > 0) {
      // What a job made stands on the pages that are open: read them anew.
      void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'jobs' });
    }
    before.current = active;
  }, [active, track, queries]);

  const live = active?.filter((job) => isLive(job.state)) ?? [];
  const liveIds = new Set(live.map((job) => job.id));
  const others = useQueries({
    queries: ids
      .filter((id) => !liveIds.has(id))
      .map((id) => ({ queryKey: keys.job(id), queryFn: () => jobGet(id), enabled: signedIn, retry: false, refetchInterval: (query: { state: { data: Job | undefined } }) => jobInterval(query.state.data) })),
  });
  const known = others.flatMap((query) => (query.data ? [query.data] : []));
  return [...live, ...known].toSorted((a, b) => b.created_at.localeCompare(a.created_at));
};
