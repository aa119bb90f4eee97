import { labelForKey } from '../state/labelKeys';
import { labelCentre } from '../commands/labelCentre';
import { nextMarkedSlice, slicesWithLabel } from '../commands/labelGrid';
import { withAxis } from '../geometry/frames';
import { steppedBrush } from '../state/editSettings';
import { nextPlane } from '../state/viewerStore';
import { acceptGrow, toleranceOf } from '../tools/growGesture';
import { finishLasso } from '../tools/lassoGesture';
import { isEditTool } from '../tools/toolGestures';
import type { ViewerAction } from '../tools/hotkeys';
import { copyToSlice, operate } from './operate';
import type { TaskWorkspace } from './workspace';

/** Does what a key or a button asks for. */
export function perform(workspace: TaskWorkspace, action: ViewerAction): void {
  const { store } = workspace;
  const state = store.getState();
  switch (action.type) {
    case 'tool':
      if (!isEditTool(action.tool) || workspace.session) store.setState({ tool: action.tool, sketch: null, growSeed: null });
      return;
    case 'label': {
      const label = labelForKey(workspace.state.getState().task?.labels ?? [], action.key);
      if (label) store.setState({ activeLabel: label.value });
      return;
    }
    case 'brush':
      if (state.tool === 'grow') store.setState({ growTolerance: toleranceOf(state) * 1.15 ** action.direction });
      else store.setState(steppedBrush(state, action.direction));
      return;
    case 'slice':
      workspace.stepSlice(state.activePlane, action.direction);
      return;
    case 'labelledSlice':
      stepToLabel(workspace, action.direction);
      return;
    case 'rotateLayout':
      store.setState({ mainPlane: nextPlane(state.mainPlane, action.direction), maximised: null });
      return;
    case 'undo':
      if (!state.operation) workspace.session?.undo();
      return;
    case 'redo':
      if (!state.operation) workspace.session?.redo();
      return;
    case 'toggleLabels':
      store.setState({ labelsVisible: !state.labelsVisible });
      return;
    case 'toggleOutline':
      store.setState({ outline: !state.outline });
      return;
    case 'maximise':
      store.setState({ maximised: state.maximised === null ? state.activePlane : null });
      return;
    case 'fit':
      store.setState({ views: {} });
      return;
    case 'submit':
      if (workspace.state.getState().task?.may.submit && workspace.session) store.setState({ submitOpen: true });
      return;
    case 'interpolate':
      void operate(workspace, { ...state.operationForm, operation: 'interpolate' });
      return;
    case 'copySlice':
      copyToSlice(workspace, action.direction);
      return;
    case 'unlabelledSlice':
      stepToGap(workspace, action.direction);
      return;
    case 'accept':
      if (state.growSeed) acceptGrow(workspace);
      else if (state.sketch) finishLasso(workspace);
      return;
    case 'cancel':
      workspace.operations.cancel();
      store.setState({ sketch: null, growSeed: null });
      return;
    case 'hotkeys':
      store.setState({ hotkeysOpen: !state.hotkeysOpen });
      return;
  }
}

/** Is something drawn or shown that waits for Enter or Escape? */
export function hasPending({ store }: TaskWorkspace): boolean {
  const { sketch, growSeed, operation } = store.getState();
  return sketch !== null || growSeed !== null || operation !== null;
}

/** The next slice of the plane that lacks the active label. */
function stepToGap(workspace: TaskWorkspace, direction: 1 | -1): void {
  const current = workspace.current;
  if (!current?.session) return;
  const { activePlane, activeLabel, cursor } = workspace.store.getState();
  const { sliceAxis } = current.planes[activePlane];
  const own = slicesWithLabel(current.session.labels, current.volume.shape, sliceAxis, activeLabel);
  const slice = nextMarkedSlice(own.map((marked) => 1 - marked), cursor[sliceAxis], direction);
  if (slice !== null) workspace.moveCursor(withAxis(cursor, sliceAxis, slice));
}

function stepToLabel(workspace: TaskWorkspace, direction: 1 | -1): void {
  const current = workspace.current;
  if (!current?.session) return;
  const { activePlane, activeLabel, cursor } = workspace.store.getState();
  const plane = current.planes[activePlane];
  const { labels } = current.session;
  const own = slicesWithLabel(labels, current.volume.shape, plane.sliceAxis, activeLabel);
  const marked = own.includes(1) ? own : slicesWithLabel(labels, current.volume.shape, plane.sliceAxis, null);
  const slice = nextMarkedSlice(marked, cursor[plane.sliceAxis], direction);
  if (slice !== null) workspace.moveCursor(withAxis(cursor, plane.sliceAxis, slice));
}

/** Jumps to the middle of a label, if there is any of it. */
export function jumpToLabel(workspace: TaskWorkspace, value: number): void {
  const { session } = workspace.current ?? {};
  const { spacingMm } = workspace;
  const voxel = session && spacingMm && labelCentre(session.labels, session.shape, spacingMm, value);
  if (voxel) workspace.jumpTo(voxel);
}
