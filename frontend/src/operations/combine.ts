import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintOver } from '../commands/voxelRule';
import { linearIndex } from '../commands/labelGrid';
import type { Axis, Triple } from '../geometry/frames';
import { boxMask, boxPosition, eachInBox, labelBox, type Box } from './box';
import { dilated, type Progress } from './margin';
import type { LabelVolume } from './sliceTarget';

/**
 * Boolean operations between two labels. In one label map two labels never share a voxel, so subtracting and
 * intersecting are with the other label grown by a margin.
 */
export type Combination = 'add' | 'subtract' | 'intersect' | 'swap';

export function combineLabels(
  volume: LabelVolume,
  label: number,
  other: number,
  combination: Combination,
  marginMm: number,
  progress: Progress = () => {},
): VoxelChange {
  const builder = new ChangeBuilder();
  const { labels } = volume;
  if (combination === 'add' || combination === 'swap') {
    for (let index = 0; index < labels.length; index++) {
      const current = labels[index];
      if (current === other) builder.put(index, label);
      else if (combination === 'swap' && current === label) builder.put(index, other);
    }
    return builder.build();
  }
  const box = labelBox(volume, label);
  if (!box) return builder.build();
  const near = nearOther(volume, box, other, marginMm, progress);
  const removed = combination === 'subtract' ? 1 : 0;
  eachInBox(box, volume.shape, (n, index) => {
    if (labels[index] === label && near[n] === removed) builder.put(index, 0);
  });
  return builder.build();
}

/** Within a margin of the other label, for the voxels of a box; the other label may lie outside it. */
function nearOther(volume: LabelVolume, box: Box, other: number, marginMm: number, progress: Progress): Uint8Array {
  const theirs = labelBox(volume, other);
  if (!theirs) return new Uint8Array(box.size[0] * box.size[1] * box.size[2]);
  const both = union(box, theirs);
  const grown = dilated(volume, both, other, marginMm, progress);
  const cut = new Uint8Array(box.size[0] * box.size[1] * box.size[2]);
  for (let n = 0; n < cut.length; n++) {
    const [i, j, k] = boxPosition(box.size, n);
    const at: Triple = [i + box.low[0] - both.low[0], j + box.low[1] - both.low[1], k + box.low[2] - both.low[2]];
    cut[n] = grown[linearIndex(both.size, at)] as number;
  }
  return cut;
}

function union(a: Box, b: Box): Box {
  const low = (axis: Axis): number => Math.min(a.low[axis], b.low[axis]);
  const size = (axis: Axis): number => Math.max(a.low[axis] + a.size[axis], b.low[axis] + b.size[axis]) - low(axis);
  return { low: [low(0), low(1), low(2)], size: [size(0), size(1), size(2)] };
}

/**
 * Adds a label's mirror image across a plane of voxels (or between two): index i along the axis goes to
 * `twiceCentre - i`. The mirror image becomes `into`; the original stays.
 */
export function mirrorLabel(
  volume: LabelVolume,
  label: number,
  axis: Axis,
  twiceCentre: number,
  into: number,
  over: PaintOver,
): VoxelChange {
  const builder = new ChangeBuilder();
  const box = labelBox(volume, label);
  if (!box) return builder.build();
  const mask = boxMask(volume, box, (value) => value === label);
  const rule = { kind: 'paint', value: into, over } as const;
  for (let n = 0; n < mask.length; n++) {
    if (mask[n] === 0) continue;
    const [i, j, k] = boxPosition(box.size, n);
    const at = [i + box.low[0], j + box.low[1], k + box.low[2]];
    at[axis] = twiceCentre - (at[axis] as number);
    if ((at[axis] as number) < 0 || (at[axis] as number) >= volume.shape[axis]) continue;
    const index = linearIndex(volume.shape, [at[0] as number, at[1] as number, at[2] as number]);
    const current = volume.labels[index] as number;
    if (current !== into && ruledValue(rule, current) !== null) builder.put(index, into);
  }
  return builder.build();
}
