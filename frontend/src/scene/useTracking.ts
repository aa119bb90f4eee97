import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { trackingOf, type StudyTracking } from './tractFiles';

/** How the study of a task tracks; asked once. */
export const useTracking = (slug: string | undefined): UseQueryResult<StudyTracking> =>
  useQuery({ queryKey: ['tracking', slug], queryFn: () => trackingOf(slug ?? ''), enabled: slug !== undefined, staleTime: Infinity });
