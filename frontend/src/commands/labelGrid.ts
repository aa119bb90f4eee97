import type { Axis, Shape, Triple } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';

/** One label value a voxel, i fastest; 16 bits only where a study's labels go beyond 255. */
export type LabelArray = Uint8Array | Uint16Array;

export const voxelCount = (shape: Shape): number => shape[0] * shape[1] * shape[2];

/** Array steps for one step along i, j, k. */
export const strides = (shape: Shape): Triple => [1, shape[0], shape[0] * shape[1]];

export const linearIndex = (shape: Shape, voxel: Triple): number =>
  voxel[0] + shape[0] * (voxel[1] + shape[1] * voxel[2]);

/** Where a slice lies in the array: voxel (x, y) of the slice is at `start + x * stepX + y * stepY`. */
export interface SliceLayout {
  readonly start: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly sizeX: number;
  readonly sizeY: number;
}

export function sliceLayout(plane: GridPlane, shape: Shape, slice: number): SliceLayout {
  const step = strides(shape);
  return {
    start: slice * step[plane.sliceAxis],
    stepX: step[plane.x.axis],
    stepY: step[plane.y.axis],
    sizeX: plane.sizeX,
    sizeY: plane.sizeY,
  };
}

/** Position along one array axis of a linear index. */
export function indexAlong(shape: Shape, axis: Axis, index: number): number {
  if (axis === 0) return index % shape[0];
  if (axis === 1) return Math.floor(index / shape[0]) % shape[1];
  return Math.floor(index / (shape[0] * shape[1]));
}

/** Voxels per label value, background left out. */
export function countLabels(labels: LabelArray): Map<number, number> {
  const histogram = new Uint32Array(labels instanceof Uint8Array ? 256 : 65536);
  for (let n = 0; n < labels.length; n++) {
    const value = labels[n] as number;
    histogram[value] = (histogram[value] as number) + 1;
  }
  const counts = new Map<number, number>();
  histogram.forEach((count, value) => {
    if (value > 0 && count > 0) counts.set(value, count);
  });
  return counts;
}

/** Which slices along an axis hold a label (any label where `value` is null). */
export function slicesWithLabel(labels: LabelArray, shape: Shape, axis: Axis, value: number | null): Uint8Array {
  const found = new Uint8Array(shape[axis]);
  const [si, sj, sk] = shape;
  let n = 0;
  for (let k = 0; k < sk; k++) {
    for (let j = 0; j < sj; j++) {
      for (let i = 0; i < si; i++, n++) {
        const at = labels[n] as number;
        if (value === null ? at !== 0 : at === value) found[axis === 0 ? i : axis === 1 ? j : k] = 1;
      }
    }
  }
  return found;
}

/** The next marked slice after `from`, going round; null where none is marked. */
export function nextMarkedSlice(marked: Uint8Array, from: number, direction: 1 | -1): number | null {
  for (let step = 1; step <= marked.length; step++) {
    const slice = (from + direction * step + marked.length * 2) % marked.length;
    if (marked[slice] === 1) return slice;
  }
  return null;
}
