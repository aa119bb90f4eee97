import { indexAlong } from '../commands/labelGrid';
import type { VoxelChange } from '../commands/voxelChange';
import type { PlaneAxes, LabelVolume } from './sliceTarget';
import { sliceOfBox, thresholdBox, type ThresholdPlan } from './threshold';

/** What a preview says: voxels that become one label or several, or a threshold that is still moving. */
export interface Previewed {
  readonly indices: Uint32Array;
  readonly value: number;
  readonly values?: Uint16Array;
  readonly threshold?: ThresholdPlan;
}

/** The labels that the voxels of a slice would become, x fastest, 0 where nothing changes; null where nothing does at all. */
export function previewOnSlice(
  preview: Previewed,
  plane: PlaneAxes,
  slice: number,
  volume: LabelVolume,
  image: ArrayLike<number> | null,
): Uint16Array | null {
  const { indices, values } = preview.threshold ? thresholdOnSlice(preview.threshold, plane, slice, volume, image) : preview;
  return onSlice(indices, (n) => values?.[n] ?? preview.value, plane, slice, volume.shape);
}

/** The same of voxels that are pointed at and would not change. */
export const markedOnSlice = (
  { indices, values }: { readonly indices: Uint32Array; readonly values: Uint16Array },
  plane: PlaneAxes,
  slice: number,
  shape: LabelVolume['shape'],
): Uint16Array | null => onSlice(indices, (n) => values[n] ?? 0, plane, slice, shape);

function onSlice(
  indices: Uint32Array,
  valueOf: (n: number) => number,
  plane: PlaneAxes,
  slice: number,
  shape: LabelVolume['shape'],
): Uint16Array | null {
  const found = new Uint16Array(plane.sizeX * plane.sizeY);
  let any = false;
  indices.forEach((index, n) => {
    if (indexAlong(shape, plane.sliceAxis, index) !== slice) return;
    const at = indexAlong(shape, plane.x.axis, index) + plane.sizeX * indexAlong(shape, plane.y.axis, index);
    found[at] = valueOf(n);
    any = true;
  });
  return any ? found : null;
}

const NOTHING: VoxelChange = { indices: new Uint32Array(), values: new Uint16Array() };

function thresholdOnSlice(plan: ThresholdPlan, plane: PlaneAxes, slice: number, volume: LabelVolume, image: ArrayLike<number> | null): VoxelChange {
  const box = sliceOfBox(plan.box, plane.sliceAxis, slice);
  return box && image ? thresholdBox(volume, image, { ...plan, box }) : NOTHING;
}
