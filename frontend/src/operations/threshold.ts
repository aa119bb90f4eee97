import { linearIndex } from '../commands/labelGrid';
import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintOver } from '../commands/voxelRule';
import type { Axis, Ijk, Shape, Triple } from '../geometry/frames';
import type { Box } from './box';
import type { LabelVolume } from './sliceTarget';

export interface ThresholdPlan {
  readonly label: number;
  /** Both ends included. */
  readonly lower: number;
  readonly upper: number;
  /** What may become the label: everything, background, or the voxels of one label (a threshold inside it). */
  readonly over: PaintOver;
  readonly box: Box;
}

/** Gives the label to all voxels of a box whose intensity lies in a range. Lists only voxels that change. */
export function thresholdBox({ labels, shape }: LabelVolume, image: ArrayLike<number>, plan: ThresholdPlan): VoxelChange {
  const builder = new ChangeBuilder();
  const { low, size } = plan.box;
  const rule = { kind: 'paint', value: plan.label, over: plan.over } as const;
  for (let k = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      const row = linearIndex(shape, [low[0], low[1] + j, low[2] + k]);
      for (let index = row; index < row + size[0]; index++) {
        const intensity = image[index] as number;
        const current = labels[index] as number;
        // Written so that an intensity that is no number never passes.
        if (!(intensity >= plan.lower && intensity <= plan.upper) || current === plan.label) continue;
        if (ruledValue(rule, current) !== null) builder.put(index, plan.label);
      }
    }
  }
  return builder.build();
}

export const wholeBox = (shape: Shape): Box => ({ low: [0, 0, 0], size: shape });

/** One slice of a box; null where it lies beside it. */
export function sliceOfBox({ low, size }: Box, axis: Axis, slice: number): Box | null {
  if (slice < low[axis] || slice >= low[axis] + size[axis]) return null;
  const put = (triple: Triple, value: number): Triple => [
    axis === 0 ? value : triple[0], axis === 1 ? value : triple[1], axis === 2 ? value : triple[2],
  ];
  return { low: put(low, slice), size: put(size, 1) };
}

/** The cube that reaches so far, in mm, from a voxel on each side; cut off at the grid's border. */
export function boxAbout(voxel: Ijk, mm: number, spacingMm: Triple, shape: Shape): Box {
  const reach = (axis: Axis): number => Math.floor(mm / spacingMm[axis] + 1e-9);
  const from = (axis: Axis): number => Math.max(0, voxel[axis] - reach(axis));
  const to = (axis: Axis): number => Math.min(shape[axis], voxel[axis] + reach(axis) + 1);
  return { low: [from(0), from(1), from(2)], size: [to(0) - from(0), to(1) - from(1), to(2) - from(2)] };
}
