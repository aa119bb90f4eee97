import type { VoxelChange } from '../commands/voxelChange';
import { withinIntensity, type IntensityLimit } from '../commands/voxelRule';
import type { ToolContext } from './toolContext';

/** The intensities that may be written: the threshold brush's always, every tool's while the mask is on. Null is any. */
export function limitOf({ store, image }: ToolContext): IntensityLimit | null {
  const { tool, intensityMask, brushRange, window } = store.getState();
  return image && (tool === 'threshold' || intensityMask) ? { voxels: image, ...(brushRange ?? window) } : null;
}

/** What of a change the mask lets through. */
export function masked(context: ToolContext, change: VoxelChange): VoxelChange {
  const limit = limitOf(context);
  if (!limit) return change;
  const kept = Array.from(change.indices.keys()).filter((n) => withinIntensity(limit, change.indices[n] as number));
  return {
    indices: Uint32Array.from(kept, (n) => change.indices[n] as number),
    values: Uint16Array.from(kept, (n) => change.values[n] as number),
  };
}
