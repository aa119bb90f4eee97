import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../../api/queries';
import { registryKeys } from '../../api/registry';
import type { ModelVersion } from '../../api/types';

/** A change of what serves: afterwards every page that shows versions asks anew. */
export const useRegistryChange = <Given>(slug: string, change: (given: Given) => Promise<ModelVersion>, onDone?: (version: ModelVersion) => void) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (version) => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: keys.models(slug) }),
        queries.invalidateQueries({ queryKey: registryKeys.version(version.id) }),
      ]);
      onDone?.(version);
    },
  });
};
