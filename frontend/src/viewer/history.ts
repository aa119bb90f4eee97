import { workHistory, type WorkHistory } from '../state/workHistory';
import type { TaskWorkspace } from './workspace';

/** The steps of the work on the volume that is worked on: its labels and the marks made beside them. */
export const historyOf = ({ session, state, marks }: TaskWorkspace): WorkHistory => workHistory(session, marks.history(state.getState().shown));

export function undo({ store, session, marks }: TaskWorkspace): void {
  if (!store.getState().operation && !marks.undo()) session?.undo();
}

export function redo({ store, session, marks }: TaskWorkspace): void {
  if (!store.getState().operation && !marks.redo()) session?.redo();
}

/** Undoes or redoes until so many steps are done. */
export function goToStep(workspace: TaskWorkspace, done: number): void {
  if (workspace.store.getState().operation) return;
  workspace.store.setState({ growSeed: null });
  // As often as there are steps between, and no more: where a step cannot be taken it stops.
  for (let left = Math.abs(historyOf(workspace).done - done); left > 0; left--) {
    if (historyOf(workspace).done > done) undo(workspace);
    else redo(workspace);
  }
}
