import type { PlaneName } from '../geometry/planes';
import { offeredLayouts, type LayoutName } from '../state/layouts';
import type { VolumeId } from '../state/task';
import { hungViewports } from './hanging';
import { SceneSlot } from './sceneSlot';
import type { TaskWorkspace } from './workspace';

/** The layouts that this case can fill. */
export function layoutsOf({ state }: Pick<TaskWorkspace, 'state'>): readonly LayoutName[] {
  const { task, versions } = state.getState();
  return offeredLayouts({ scene: SceneSlot !== null, compare: (task?.volumes.length ?? 0) > 1 || versions.length > 0 });
}

/**
 * Another layout. Where the case has one volume, or the protocol hangs the same one on both sides, comparing means label
 * versions, as far as there are any: the newest one to begin with.
 */
export function setLayout(workspace: TaskWorkspace, layout: LayoutName): void {
  const { store, state } = workspace;
  if (!layoutsOf(workspace).includes(layout)) return;
  const { task, versions } = state.getState();
  const hung = task ? hungViewports(task, 'compare').map(({ volume }) => volume) : [];
  const alone = (task?.volumes.length ?? 0) < 2 || (hung.length > 1 && new Set(hung).size === 1);
  const newest = versions.find(({ id }) => task?.volumes.every(({ head }) => head?.id !== id)) ?? versions[0];
  store.setState({ layout, maximised: null, compared: null });
  if (layout === 'compare' && alone && newest) void workspace.compareWith(newest.id);
  workOnWhatIsShown(workspace);
}

/** Where the new layout does not show the volume worked on, or that one takes no labels, the first that does takes its place. */
function workOnWhatIsShown(workspace: TaskWorkspace): void {
  const { cells, shown, task } = workspace.state.getState();
  const takesLabels = (volume: VolumeId): boolean => task?.volumes.find(({ id }) => id === volume)?.labelled ?? false;
  const planes = cells.flatMap((cell) => (cell.kind === 'plane' && takesLabels(cell.volume) ? [cell] : []));
  if (planes[0] && planes.every(({ volume }) => volume !== shown)) void workspace.use(planes[0].id);
}

export function nextLayout(workspace: TaskWorkspace, direction: 1 | -1): void {
  const offered = layoutsOf(workspace);
  const at = offered.indexOf(workspace.store.getState().layout);
  const next = offered[(at + direction + offered.length) % offered.length];
  if (next) setLayout(workspace, next);
}

/** Keys move in this plane from now on; where no viewport shows it, the large one turns to it. */
export function lookAt({ store, viewports }: TaskWorkspace, plane: PlaneName): void {
  const cell = viewports.cellWith(plane);
  store.setState(({ maximised }) => ({
    activePlane: plane,
    activeCell: cell ?? 'a',
    maximised: maximised === cell ? maximised : null,
    ...(cell === null && { mainPlane: plane }),
  }));
}

export function invertColours({ viewports, activeVolume }: TaskWorkspace): void {
  if (activeVolume) viewports.setDisplay(activeVolume.volume, { invert: !viewports.displayOf(activeVolume.volume).invert });
}

/** On with the volume chosen last, or the first other one of the case; off again. */
export function toggleOverlay(workspace: TaskWorkspace): void {
  const { overlaid } = workspace.store.getState();
  const { task, shown } = workspace.state.getState();
  const other = task?.volumes.find(({ id, labelled }) => id !== shown && !labelled) ?? task?.volumes.find(({ id }) => id !== shown);
  workspace.overlay(overlaid === null ? (other?.id ?? null) : null);
}
