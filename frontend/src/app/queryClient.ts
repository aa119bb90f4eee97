import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ProblemError } from '../api/problem';
import { keys } from '../api/queries';

/** The session ended on the server (time-out, sign-out in another tab): ask who is signed in, the guard does the rest. */
const onError = (error: Error): void => {
  if (error instanceof ProblemError && error.status === 401) {
    void queryClient.invalidateQueries({ queryKey: keys.session });
  }
};

/** Only what may pass by itself is tried again: the server away or failing, never a refusal. */
const retry = (failures: number, error: Error): boolean =>
  failures < 2 && (!(error instanceof ProblemError) || error.status === 0 || error.status >= 500);

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: { queries: { retry, staleTime: 5_000 }, mutations: { retry: false } },
});
