import { isInside } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import { intensityAt } from './openVolume';
import { defaultDisplay, windowOfRole } from '../state/display';
import { roleOf } from './hanging';
import { percentiles } from './voxels';
import type { TaskWorkspace } from './workspace';

/** A window from the slice of the active viewport: its 1st to 99.5th percentile. */
export function autoWindow(workspace: TaskWorkspace): void {
  const { viewports } = workspace;
  const surface = viewports.surfaces.get(workspace.store.getState().activeCell)?.();
  const current = surface?.open ?? workspace.current;
  if (!current) return;
  const plane = surface?.plane ?? current.planes[workspace.store.getState().mainPlane];
  const slice = viewports.voxelOf(current)[plane.sliceAxis];
  const values: number[] = [];
  for (let y = 0; y < plane.sizeY; y += 2) {
    for (let x = 0; x < plane.sizeX; x += 2) {
      const voxel = voxelOnPlane(plane, x, y, slice);
      if (isInside(voxel, current.volume.shape)) values.push(intensityAt(current, voxel) ?? NaN);
    }
  }
  const found = percentiles(values, 0.01, 0.995);
  if (!found) return;
  const role = roleOf(workspace.state.getState().task, current.volume);
  viewports.setDisplay(current.volume, { window: windowOfRole({ lower: found[0], upper: found[1] }, role) });
}

export function resetWindow(workspace: TaskWorkspace): void {
  const volume = workspace.activeVolume?.volume;
  if (volume) workspace.viewports.setDisplay(volume, { window: defaultDisplay(volume, roleOf(workspace.state.getState().task, volume)).window });
}

const AROUND = 2;

/** The threshold brush paints what looks like the place of the crosshair: mean and two standard deviations of 5 x 5 voxels. */
export function rangeAtCrosshair(workspace: TaskWorkspace): void {
  const current = workspace.current;
  if (!current) return;
  const { activePlane, cursor } = workspace.store.getState();
  const plane = current.planes[activePlane];
  const values: number[] = [];
  for (let y = -AROUND; y <= AROUND; y++) {
    for (let x = -AROUND; x <= AROUND; x++) {
      const at = voxelOnPlane(plane, cursor[plane.x.axis] + x, cursor[plane.y.axis] + y, cursor[plane.sliceAxis]);
      const value = intensityAt(current, at);
      if (value !== null && Number.isFinite(value)) values.push(value);
    }
  }
  if (values.length === 0) return;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = 2 * Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  workspace.store.setState({ brushRange: { lower: mean - spread, upper: mean + spread } });
}
