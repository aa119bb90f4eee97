import { actionOf, digitOf, isTyping } from '../tools/hotkeys';
import type { ViewerAction } from '../tools/viewerActions';
import { hasPending, perform } from './actions';
import { KeyPen } from './keyPen';
import { SpaceToPan } from './spaceToPan';
import type { TaskWorkspace } from './workspace';

/** The viewer's hotkeys on the whole page; none while someone types or a dialog is open. Returns the disposer. */
export function listenToKeys(workspace: TaskWorkspace): () => void {
  const pen = new KeyPen(workspace);
  const pan = new SpaceToPan(workspace.store);
  let held: string | null = null;

  const penKey = (type: 'pen' | 'penDown', code: string): void => {
    if (type === 'pen') {
      held = code;
      pen.press();
    } else if (pen.isDown) pen.lift();
    else pen.press();
  };
  const lift = (): void => {
    held = null;
    pen.lift();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
    if (isNavigation(event) && isWalkingTheControls()) return;
    const { hotkeys } = workspace.store.getState();
    const digit = digitOf(event);
    const entry = actionOf(event, hotkeys);
    const action: ViewerAction | null = digit !== null && digit > 0 ? { type: 'label', key: digit } : (entry?.action ?? null);
    if (action?.type === 'cancel' && !pen.isDown && !hasPending(workspace)) {
      document.querySelector<HTMLElement>('[role="toolbar"] button')?.focus();
      return;
    }
    if (!action) return;
    event.preventDefault();
    if (event.repeat && entry?.repeats !== true) return;
    // A focused control would take the next Space or Enter, and a slider the arrows, for itself.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    // A space bar that is held pans; let go without a drag it does what its hotkey says.
    if (event.key === ' ' && pan.press(() => perform(workspace, action))) return;
    if (action.type === 'pen' || action.type === 'penDown') return penKey(action.type, event.code);
    if (pen.isDown && action.type === 'cancel') {
      // Given up before the drag ends: what it would cut stays.
      perform(workspace, action);
      return lift();
    }
    if (pen.isDown && ENDS_THE_DRAG.has(action.type)) {
      lift();
      if (action.type === 'accept') return;
    }
    if (digit === 0 && choseByTwoDigits(workspace)) return;
    perform(workspace, action);
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    if (held !== null && event.code === held) lift();
  };
  window.addEventListener('keydown', onKey);
  window.addEventListener('keyup', onKeyUp);
  window.addEventListener('blur', lift);
  return () => {
    window.removeEventListener('keydown', onKey);
    window.removeEventListener('keyup', onKeyUp);
    window.removeEventListener('blur', lift);
    pen.dispose();
    pan.dispose();
  };
}

/** The 0 of 10, 20 ... is a label's; alone it is whatever it is set to. */
function choseByTwoDigits(workspace: TaskWorkspace): boolean {
  const before = workspace.store.getState().activeLabel;
  perform(workspace, { type: 'label', key: 0 });
  return workspace.store.getState().activeLabel !== before;
}

/** With the pen down these first let it go: they belong to the time after the stroke. */
const ENDS_THE_DRAG: ReadonlySet<ViewerAction['type']> = new Set(['accept', 'tool', 'undo', 'redo', 'keyPlane', 'operation', 'interpolate', 'copySlice']);

const NAVIGATION = new Set(['Tab', ' ', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown']);

/** With Ctrl, Alt or Meta they are hotkeys wherever the focus is: Ctrl+Enter hands in from the toolbar too. */
function isNavigation({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return NAVIGATION.has(key) && !ctrlKey && !metaKey && !altKey;
}

/**
 * Someone who moves by keyboard (Escape leads to the toolbar) keeps Tab, Space, Enter and the arrows for the controls. What
 * has the focus from a click, or by a tabindex of -1, is not one of them.
 */
function isWalkingTheControls(): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused.tabIndex >= 0 && focused.matches(':focus-visible');
}
