import { useEffect, useState } from 'react';
import type { TaskId } from '../state/task';
import { listenToKeys } from './keyboard';
import type { ReadOnlyApi } from './readOnlyApi';
import { installTestHook } from './testHook';
import { TaskWorkspace } from './workspace';

export interface Opened<Api> {
  readonly workspace: TaskWorkspace;
  readonly api: Api;
}

/**
 * A workspace for labels that somebody looks at; null until it is there. Another `id` opens another one: `make` is asked
 * once for each.
 */
export function useLookedAt<Api extends ReadOnlyApi>(id: string, make: () => Api): Opened<Api> | null {
  const [opened, setOpened] = useState<Opened<Api> | null>(null);
  useEffect(() => {
    const api = make();
    const workspace = new TaskWorkspace(id as TaskId, api);
    workspace.store.setState({ leftOpen: false });
    const removeHook = installTestHook(workspace);
    const stopKeys = listenToKeys(workspace);
    const shown = setTimeout(() => setOpened({ workspace, api }));
    void workspace.start();
    return () => {
      clearTimeout(shown);
      stopKeys();
      removeHook();
      workspace.dispose();
      setOpened(null);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `id` says what `make` makes.
  }, [id]);
  return opened;
}
