import { rasToIndex } from '../geometry/affine';
import { roundIjk, type RasMm } from '../geometry/frames';
import type { PointedValue } from '../state/viewerStore';
import type { Task, TaskVolume } from '../state/task';
import { roleOf } from './hanging';
import { colourAt, intensityAt, type OpenVolume } from './openVolume';
import type { TaskWorkspace } from './workspace';

/** What a volume's voxels are measured in; empty for a scan's intensities. */
export const unitOf = (task: Task | null, volume: Pick<TaskVolume, 'role' | 'quantised'>): string =>
  (volume.quantised?.unit ?? roleOf(task, volume)?.unit ?? '').replace('mm2', 'mm²');

/** What the volume that is laid over another one says at a place: its nearest voxel, as it is drawn. */
export function laidOverAt(workspace: TaskWorkspace, below: OpenVolume, rasMm: RasMm): PointedValue | null {
  const { overlaid, overlay } = workspace.store.getState();
  if (overlaid === null || overlaid === below.volume.id || overlay.opacity === 0) return null;
  const over = workspace.opened(overlaid);
  if (over === null) return null;
  const voxel = roundIjk(rasToIndex(over.affine, rasMm));
  const value = colourAt(over, voxel) ?? intensityAt(over, voxel);
  if (value === null) return null;
  return { name: over.volume.role, value, unit: unitOf(workspace.state.getState().task, over.volume) };
}
