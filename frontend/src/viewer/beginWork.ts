import { isOpenForWork, type Task } from '../state/task';
import type { WorkspaceStore } from '../state/workspaceState';
import type { TaskApi } from './taskApi';

/**
 * Tells the server that work on a task begins, where there is work to do; what it answers is the task from then on. The
 * scan is on its way meanwhile, so that whoever needs the answer waits for it only then.
 */
export function beginWork(api: TaskApi, task: Task, state: WorkspaceStore, signal: AbortSignal): Promise<Task> {
  if (!isOpenForWork(task)) return Promise.resolve(task);
  const begun = api.open(task.id, signal).then((opened) => {
    state.setState({ task: opened });
    return opened;
  });
  begun.catch(() => {});
  return begun;
}
