import { nextMarkedSlice } from '../commands/labelGrid';
import { ijk, withAxis, type Axis } from '../geometry/frames';
import { steppedBrush } from '../state/editSettings';
import { nextPlane, type ViewerState } from '../state/viewerStore';
import { acceptGrow, toleranceOf } from '../tools/growGesture';
import { finishLasso } from '../tools/lassoGesture';
import { isInteractiveTool, methodOf } from '../state/interactive';
import { otherSide } from '../tools/interactiveGesture';
import { isMarkTool } from '../tools/markGestures';
import { isEditTool } from '../tools/toolGestures';
import type { ToggledSetting, ViewerAction } from '../tools/viewerActions';
import { actOnMark } from './markActions';
import { redo, undo } from './history';
import { autoWindow, rangeAtCrosshair, resetWindow } from './intensities';
import { stepToDifference } from './compareLabels';
import { labelName, performOnLabel } from './labelActions';
import { acceptPending, copyToSlice, operate } from './operate';
import { invertColours, nextLayout, setLayout, toggleOverlay } from './layoutActions';
import { actOnProposal, leavePiece, propagate, stepToPiece } from './proposals';
import type { TaskWorkspace } from './workspace';

/** Does what a key or a button asks for. */
export function perform(workspace: TaskWorkspace, action: ViewerAction): void {
  const { store } = workspace;
  const state = store.getState();
  switch (action.type) {
    case 'tool':
      if (isMarkTool(action.tool) ? !workspace.marks.mayEdit : isEditTool(action.tool) && !workspace.session) return;
      if (isInteractiveTool(action.tool) && !methodOf(workspace.interactive.store.getState(), action.tool)) return;
      workspace.marks.store.setState({ draft: null });
      store.setState({ tool: action.tool, sketch: null, growSeed: null, pending: null, thresholdLive: false, preview: null });
      return;
    case 'brush':
      if (state.tool === 'grow') store.setState({ growTolerance: toleranceOf(state) * 1.15 ** action.direction });
      else store.setState(steppedBrush(state, action.direction));
      return;
    case 'slice':
      stepActive(workspace, action.direction);
      return;
    case 'labelledSlice':
      stepToLabel(workspace, action.direction);
      return;
    case 'unlabelledSlice':
      stepToGap(workspace, action.direction);
      return;
    case 'nudge':
      nudge(workspace, action.right, action.down);
      return;
    case 'keyPlane':
      keysInNextPlane(workspace);
      return;
    case 'rotateLayout':
      store.setState({ mainPlane: nextPlane(state.mainPlane, action.direction), maximised: null });
      return;
    case 'layout':
      setLayout(workspace, action.layout);
      return;
    case 'nextLayout':
      nextLayout(workspace, action.direction);
      return;
    case 'differenceStep':
      stepToDifference(workspace, action.direction);
      return;
    case 'frame': {
      const volume = workspace.activeVolume?.volume;
      if (volume && volume.frames > 1) void workspace.showFrame(volume, (state.frames[volume.id] ?? 0) + action.direction);
      return;
    }
    case 'link':
      workspace.viewports.setLinked(!state.linked);
      return;
    case 'invert':
      invertColours(workspace);
      return;
    case 'overlay':
      toggleOverlay(workspace);
      return;
    case 'undo':
      // A scribble is taken back before a step of the work is.
      if (!state.operation && !workspace.interactive.undo()) undo(workspace);
      return;
    case 'redo':
      redo(workspace);
      return;
    case 'maximise':
      store.setState({ maximised: state.maximised === null ? state.activeCell : null });
      return;
    case 'fit':
      store.setState({ views: {} });
      return;
    case 'autoWindow':
      autoWindow(workspace);
      return;
    case 'resetWindow':
      resetWindow(workspace);
      return;
    case 'rangeAtCrosshair':
      rangeAtCrosshair(workspace);
      return;
    case 'submit':
      if (workspace.state.getState().task?.may.submit && workspace.session) store.setState({ submitOpen: true });
      return;
    case 'interpolate':
      void operate(workspace, { ...state.operationForm, operation: 'interpolate' });
      return;
    case 'operation':
      store.setState({ operationForm: { ...state.operationForm, operation: action.operation } });
      void operate(workspace, { ...state.operationForm, operation: action.operation });
      return;
    case 'copySlice':
      copyToSlice(workspace, action.direction);
      return;
    case 'propagate':
      propagate(workspace, action.direction);
      return;
    case 'proposedPiece':
      stepToPiece(workspace, action.direction);
      return;
    case 'proposal':
      actOnProposal(workspace, action.act);
      return;
    case 'accept':
      if (state.pending || state.thresholdLive) acceptPending(workspace);
      else if (state.growSeed) void acceptGrow(workspace);
      else if (state.sketch) finishLasso(workspace);
      else if (state.proposedPiece) actOnProposal(workspace, 'acceptPiece');
      return;
    case 'cancel':
      workspace.operations.cancel();
      workspace.marks.store.setState({ draft: null });
      if (state.pending?.from) workspace.jumpTo(state.pending.from);
      leavePiece(workspace);
      workspace.interactive.drop();
      store.setState({ sketch: null, growSeed: null, pending: null, thresholdLive: false, preview: null });
      return;
    case 'mark':
      actOnMark(workspace, action.act);
      return;
    case 'comment':
      store.setState({ rightOpen: true });
      workspace.marks.store.setState({ commenting: 'asked' });
      return;
    case 'markSide':
      workspace.interactive.store.setState(({ side }) => ({ side: otherSide(side) }));
      return;
    case 'hotkeys':
      store.setState({ hotkeysOpen: !state.hotkeysOpen });
      return;
    case 'toggle':
      store.setState(toggled(state, action.setting));
      return;
    case 'pen':
    case 'penDown':
      // They need to know when the key is let go: the keyboard itself holds the pen.
      return;
    default:
      performOnLabel(workspace, action);
  }
}

/** The next slice of the viewport under the pointer, whichever volume it shows. */
function stepActive({ viewports, store }: TaskWorkspace, direction: 1 | -1): void {
  const surface = viewports.surfaces.get(store.getState().activeCell)?.();
  if (surface) viewports.step(surface.open, surface.plane.name, direction);
}

/** Is something drawn or shown that waits for Enter or Escape? */
export function hasPending({ store, marks, interactive }: TaskWorkspace): boolean {
  const { sketch, growSeed, operation, pending, thresholdLive, proposedPiece } = store.getState();
  return marks.store.getState().draft !== null || sketch !== null || growSeed !== null || operation !== null || pending !== null || thresholdLive || proposedPiece !== null || interactive.isPending;
}

/** The next slice of the plane that lacks the active label. */
function stepToGap(workspace: TaskWorkspace, direction: 1 | -1): void {
  const { session } = workspace.current ?? {};
  const { activeLabel, activePlane } = workspace.store.getState();
  const nothing = `${labelName(workspace, activeLabel)} is in every ${activePlane} slice.`;
  stepToMarked(workspace, direction, nothing, (axis) => session?.tally.slices(axis, activeLabel).map((marked) => 1 - marked));
}

/** The next slice of the plane with the active label; with any label where there is nothing of it. */
function stepToLabel(workspace: TaskWorkspace, direction: 1 | -1): void {
  const { session } = workspace.current ?? {};
  const { activeLabel } = workspace.store.getState();
  const value = session && session.count(activeLabel) > 0 ? activeLabel : null;
  stepToMarked(workspace, direction, 'Nothing is labelled yet.', (axis) => session?.tally.slices(axis, value));
}

/** Goes to the next marked slice; says so where there is none. */
function stepToMarked(workspace: TaskWorkspace, direction: 1 | -1, nothing: string, marked: (axis: Axis) => Uint8Array | undefined): void {
  const { activePlane, cursor } = workspace.store.getState();
  const plane = workspace.current?.planes[activePlane];
  const slices = plane && marked(plane.sliceAxis);
  if (!plane || !slices) return;
  const slice = nextMarkedSlice(slices, cursor[plane.sliceAxis], direction);
  if (slice === null) workspace.store.setState({ notice: { text: nothing, tone: 'info' } });
  else workspace.moveCursor(withAxis(cursor, plane.sliceAxis, slice));
}

/** Moves the crosshair on the screen of the active plane, and brings it into view. */
function nudge(workspace: TaskWorkspace, right: number, down: number): void {
  const { activePlane, cursor } = workspace.store.getState();
  const plane = workspace.current?.planes[activePlane];
  if (!plane) return;
  const to: [number, number, number] = [cursor[0], cursor[1], cursor[2]];
  to[plane.x.axis] += right * plane.x.sign;
  to[plane.y.axis] += down * plane.y.sign;
  workspace.store.setState({ byKeys: true });
  workspace.jumpTo(ijk(...to));
}

/** The next viewport of the volume worked on; one that is maximised keeps the keys. */
function keysInNextPlane({ store, state, viewports }: TaskWorkspace): void {
  const { activeCell, activePlane, maximised } = store.getState();
  const { cells, shown } = state.getState();
  const own = cells.flatMap((cell) => (cell.kind === 'plane' && cell.volume === shown && cell.labels === null ? [cell] : []));
  const at = own.findIndex(({ id }) => id === activeCell);
  const next = (maximised === null ? null : viewports.planeCell(maximised)) ?? own[(at + 1) % own.length];
  const plane = next?.plane ?? activePlane;
  store.setState({ activeCell: next?.id ?? activeCell, activePlane: plane, byKeys: true, notice: { text: `Keys move in the ${plane} plane.`, tone: 'info' } });
}

function toggled(state: ViewerState, setting: ToggledSetting): Partial<ViewerState> {
  if (setting === 'brushForm') return { brushForm: state.brushForm === 'disc' ? 'square' : 'disc' };
  if (setting === 'brushUnit') return { brushUnit: state.brushUnit === 'mm' ? 'voxels' : 'mm' };
  return { [setting]: !state[setting] };
}
