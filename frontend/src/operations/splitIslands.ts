import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import type { Axis } from '../geometry/frames';
import { boxMask, boxPosition, eachInBox, labelBox } from './box';
import { components, type Connectivity } from './connected';
import type { LabelVolume } from './sliceTarget';

/** Which component comes first: the largest, or the one that lies first along an array axis (last where `backwards`). */
export type SplitOrder = 'size' | { readonly axis: Axis; readonly backwards: boolean };

/**
 * Gives the components of a label one label each: the first one `into[0]`, the next `into[1]`, and so on; components beyond
 * the end of the list, and those of fewer voxels than the minimum, stay what they are. Along an axis components are ordered
 * by their centres, so that rootlets or vertebrae are numbered from head to foot.
 */
export function splitIslands(
  volume: LabelVolume,
  label: number,
  into: readonly number[],
  order: SplitOrder,
  connectivity: Connectivity,
  minimumVoxels: number,
): VoxelChange {
  const builder = new ChangeBuilder();
  const box = labelBox(volume, label);
  if (!box) return builder.build();
  const { ids, sizes } = components(boxMask(volume, box, (value) => value === label), box.size, connectivity);
  const place = order === 'size' ? sizes.map((size) => -size) : centresAlong(ids, sizes, box.size, order.axis, order.backwards ? -1 : 1);
  const ranked = sizes
    .map((size, n) => ({ id: n + 1, size, place: place[n] as number }))
    .filter(({ size }) => size >= minimumVoxels)
    .sort((a, b) => a.place - b.place || a.id - b.id);
  const becomes = new Map(ranked.slice(0, into.length).map(({ id }, n) => [id, into[n] as number]));
  eachInBox(box, volume.shape, (n, index) => {
    const value = becomes.get(ids[n] as number);
    if (value !== undefined && value !== label) builder.put(index, value);
  });
  return builder.build();
}

function centresAlong(ids: Uint32Array, sizes: readonly number[], size: readonly [number, number, number], axis: Axis, sign: 1 | -1): number[] {
  const sums = new Float64Array(sizes.length);
  ids.forEach((id, n) => {
    if (id > 0) sums[id - 1] = (sums[id - 1] as number) + boxPosition(size, n)[axis];
  });
  return sizes.map((count, n) => (sign * (sums[n] as number)) / count);
}
