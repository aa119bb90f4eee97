import type { Axis } from '../geometry/frames';
import type { VoxelBounds } from './labelTally';

/** Gathers the box around the voxels of a change, so that only the slices it touches are drawn again. */
export class TouchedVoxels {
  private low: [number, number, number] = [Infinity, Infinity, Infinity];
  private high: [number, number, number] = [-1, -1, -1];

  add(i: number, j: number, k: number): void {
    const { low, high } = this;
    if (i < low[0]) low[0] = i;
    if (i > high[0]) high[0] = i;
    if (j < low[1]) low[1] = j;
    if (j > high[1]) high[1] = j;
    if (k < low[2]) low[2] = k;
    if (k > high[2]) high[2] = k;
  }

  /** The box so far (null where nothing was touched); begins anew. */
  take(): VoxelBounds | null {
    const { low, high } = this;
    this.low = [Infinity, Infinity, Infinity];
    this.high = [-1, -1, -1];
    return high[0] < 0 ? null : { low, high };
  }
}

export const touchesSlice = ({ low, high }: VoxelBounds, axis: Axis, slice: number): boolean =>
  slice >= low[axis] && slice <= high[axis];
