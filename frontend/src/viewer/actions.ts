import { labelForKey } from '../state/labelKeys';
import { middleVoxel, nextMarkedSlice, slicesWithLabel } from '../commands/labelGrid';
import { isInside, withAxis } from '../geometry/frames';
import { voxelOnPlane, type PlaneName } from '../geometry/planes';
import { nextBrushMm, nextPlane } from '../state/viewerStore';
import { isPaintTool } from '../tools/paintGesture';
import type { ViewerAction } from '../tools/hotkeys';
import { intensityAt } from './openVolume';
import { percentiles } from './voxels';
import type { TaskWorkspace } from './workspace';

/** Does what a key or a button asks for. */
export function perform(workspace: TaskWorkspace, action: ViewerAction): void {
  const { store } = workspace;
  const state = store.getState();
  switch (action.type) {
    case 'tool':
      if (!isPaintTool(action.tool) || workspace.session) store.setState({ tool: action.tool });
      return;
    case 'label': {
      const label = labelForKey(workspace.state.getState().task?.labels ?? [], action.key);
      if (label) store.setState({ activeLabel: label.value });
      return;
    }
    case 'brush':
      store.setState({ brushMm: nextBrushMm(state.brushMm, action.direction) });
      return;
    case 'slice':
      stepSlice(workspace, state.activePlane, action.direction);
      return;
    case 'labelledSlice':
      stepToLabel(workspace, action.direction);
      return;
    case 'rotateLayout':
      store.setState({ mainPlane: nextPlane(state.mainPlane, action.direction), maximised: null });
      return;
    case 'undo':
      workspace.session?.undo();
      return;
    case 'redo':
      workspace.session?.redo();
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
    case 'hotkeys':
      store.setState({ hotkeysOpen: !state.hotkeysOpen });
      return;
  }
}

/** Steps a plane's slice; stops at the first and the last. */
export function stepSlice(workspace: TaskWorkspace, name: PlaneName, slices: number): void {
  const plane = workspace.current?.planes[name];
  if (!plane) return;
  const { cursor } = workspace.store.getState();
  workspace.moveCursor(withAxis(cursor, plane.sliceAxis, cursor[plane.sliceAxis] + slices));
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

/** A window from the slice in the main plane: its 1st to 99.5th percentile. */
export function autoWindow(workspace: TaskWorkspace): void {
  const current = workspace.current;
  if (!current) return;
  const { mainPlane, maximised, cursor } = workspace.store.getState();
  const plane = current.planes[maximised ?? mainPlane];
  const slice = cursor[plane.sliceAxis];
  const values: number[] = [];
  for (let y = 0; y < plane.sizeY; y += 2) {
    for (let x = 0; x < plane.sizeX; x += 2) {
      const voxel = voxelOnPlane(plane, x, y, slice);
      if (isInside(voxel, current.volume.shape)) values.push(intensityAt(current, voxel) ?? NaN);
    }
  }
  const found = percentiles(values, 0.01, 0.995);
  if (found) workspace.store.setState({ window: { lower: found[0], upper: found[1] } });
}

export function resetWindow(workspace: TaskWorkspace): void {
  const window = workspace.current?.volume.window;
  if (window) workspace.store.setState({ window });
}

/** Jumps into a label, if there is any of it. */
export function jumpToLabel(workspace: TaskWorkspace, value: number): void {
  const session = workspace.current?.session;
  const voxel = session && middleVoxel(session.labels, session.shape, value, session.count(value));
  if (voxel) workspace.jumpTo(voxel);
}
