import { actionOf, isTyping } from '../tools/hotkeys';
import { perform } from './actions';
import type { TaskWorkspace } from './workspace';

/** The viewer's hotkeys on the whole page; none while someone types or a dialog is open. Returns the disposer. */
export function listenToKeys(workspace: TaskWorkspace): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
    if (NAVIGATION.has(event.key) && isWalkingTheControls()) return;
    if (event.key === 'Escape') document.querySelector<HTMLElement>('[role="toolbar"] button')?.focus();
    const action = actionOf(event);
    if (!action || (event.repeat && !REPEATABLE.has(action.type))) return;
    event.preventDefault();
    // A focused button would take the next Space or Enter for itself.
    if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
    perform(workspace, action);
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

const NAVIGATION = new Set(['Tab', ' ', 'Enter']);

/** Someone who moves by keyboard (Escape leads to the toolbar) keeps Tab, Space and Enter for the controls. */
const isWalkingTheControls = (): boolean =>
  document.activeElement !== document.body && (document.activeElement?.matches(':focus-visible') ?? false);

const REPEATABLE = new Set(['slice', 'brush', 'undo', 'redo', 'labelledSlice']);
