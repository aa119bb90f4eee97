import { actionOf, isTyping } from '../tools/hotkeys';
import { hasPending, perform } from './actions';
import type { TaskWorkspace } from './workspace';

/** The viewer's hotkeys on the whole page; none while someone types or a dialog is open. Returns the disposer. */
export function listenToKeys(workspace: TaskWorkspace): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
    if (NAVIGATION.has(event.key) && isWalkingTheControls()) return;
    const action = actionOf(event);
    if (action?.type === 'cancel' && !hasPending(workspace)) {
      document.querySelector<HTMLElement>('[role="toolbar"] button')?.focus();
      return;
    }
    if (!action || (event.repeat && !REPEATABLE.has(action.type))) return;
    event.preventDefault();
    // A focused control would take the next Space or Enter, and a slider the arrows, for itself.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    perform(workspace, action);
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

const NAVIGATION = new Set(['Tab', ' ', 'Enter']);

/**
 * Someone who moves by keyboard (Escape leads to the toolbar) keeps Tab, Space and Enter for the controls. A viewport that
 * was clicked has the focus too, as cornerstone gives it a tabindex of -1, and is no control.
 */
function isWalkingTheControls(): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused.tabIndex >= 0 && focused.matches(':focus-visible');
}

const REPEATABLE = new Set(['slice', 'brush', 'undo', 'redo', 'labelledSlice']);
