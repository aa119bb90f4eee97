import { anyUnsaved } from '../state/workspaceState';
import type { TaskWorkspace } from './workspace';

/** Closing the tab asks first while something is not on the server. */
export function warnBeforeUnload({ state, marks }: TaskWorkspace, signal: AbortSignal): void {
  const warn = (event: BeforeUnloadEvent): void => {
    if (anyUnsaved(state.getState().saves) || marks.store.getState().unsaved.size > 0) event.preventDefault();
  };
  window.addEventListener('beforeunload', warn, { signal });
}
