import { linearIndex } from '../commands/labelGrid';
import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { isInside, type Ijk } from '../geometry/frames';
import { boxMask, boxVoxels, eachInBox, labelBox, type Box } from './box';
import { components, flood, neighbourSteps, type Connectivity } from './connected';
import type { LabelVolume } from './sliceTarget';

/** Keeps a label's largest component; the others become `rest` (0 removes them, a label splits them off). */
export function keepLargestIsland(volume: LabelVolume, label: number, rest: number, connectivity: Connectivity): VoxelChange {
  return changeIslands(volume, label, rest, connectivity, (sizes) => {
    // The first of several as large ones, so that the outcome does not depend on chance.
    const largest = sizes.indexOf(sizes.reduce((a, b) => Math.max(a, b), 0));
    return (n) => n !== largest;
  });
}

/** Removes (or gives to `rest`) the components of less than so many cubic millimetres. */
export function removeSmallIslands(
  volume: LabelVolume,
  label: number,
  rest: number,
  connectivity: Connectivity,
  minimumMm3: number,
  voxelMm3: number,
): VoxelChange {
  return changeIslands(volume, label, rest, connectivity, (sizes) => (n) => (sizes[n] as number) * voxelMm3 < minimumMm3 - 1e-9);
}

function changeIslands(
  volume: LabelVolume,
  label: number,
  rest: number,
  connectivity: Connectivity,
  choose: (sizes: readonly number[]) => (component: number) => boolean,
): VoxelChange {
  const builder = new ChangeBuilder();
  const box = labelBox(volume, label);
  if (!box) return builder.build();
  const found = components(boxMask(volume, box, (value) => value === label), box.size, connectivity);
  const isChanged = choose(found.sizes);
  eachInBox(box, volume.shape, (n, index) => {
    const id = found.ids[n] as number;
    if (id !== 0 && isChanged(id - 1)) builder.put(index, rest);
  });
  return builder.build();
}

/** Gives the component under a voxel another label (0 removes it). Empty on background and outside the grid. */
export function relabelIsland(volume: LabelVolume, at: Ijk, to: number, connectivity: Connectivity): VoxelChange {
  const { labels, shape } = volume;
  const builder = new ChangeBuilder();
  const label = isInside(at, shape) ? (labels[linearIndex(shape, at)] as number) : 0;
  if (label === 0) return builder.build();
  const whole: Box = { low: [0, 0, 0], size: shape };
  const seen = new Uint8Array(boxVoxels(whole));
  const enter = (index: number): boolean => {
    if (seen[index] === 1 || labels[index] !== label) return false;
    seen[index] = 1;
    return true;
  };
  flood(shape, [linearIndex(shape, at)], neighbourSteps(connectivity), enter, (index) => builder.put(index, to));
  return builder.build();
}
