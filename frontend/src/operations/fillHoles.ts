import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import type { Axis } from '../geometry/frames';
import { boxMask, boxPosition, eachInBox, grownBox, labelBox } from './box';
import { flood, neighbourSteps } from './connected';
import type { LabelVolume } from './sliceTarget';

/**
 * Fills the background that a label encloses: in the volume, or slice by slice across an axis. What reaches the border
 * of the scan is no hole. Other labels inside a hole stay as they are.
 */
export function fillHoles(volume: LabelVolume, label: number, acrossAxis: Axis | null): VoxelChange {
  const builder = new ChangeBuilder();
  const tight = labelBox(volume, label);
  if (!tight) return builder.build();
  const box = grownBox(tight, [1, 1, 1], volume.shape);
  // 1 the label, 2 what is outside it.
  const state = boxMask(volume, box, (value) => value === label);
  const rims: readonly Axis[] = ([0, 1, 2] as const).filter((axis) => axis !== acrossAxis);
  const seeds: number[] = [];
  for (let n = 0; n < state.length; n++) {
    const at = boxPosition(box.size, n);
    if (rims.some((axis) => at[axis] === 0 || at[axis] === box.size[axis] - 1)) seeds.push(n);
  }
  const enter = (n: number): boolean => {
    if (state[n] !== 0) return false;
    state[n] = 2;
    return true;
  };
  flood(box.size, seeds, neighbourSteps(6, acrossAxis), enter, () => {});
  eachInBox(box, volume.shape, (n, index) => {
    if (state[n] === 0 && volume.labels[index] === 0) builder.put(index, label);
  });
  return builder.build();
}
