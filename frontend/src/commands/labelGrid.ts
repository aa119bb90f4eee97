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

/** The next marked slice after `from`, going round; null where none is marked. */
export function nextMarkedSlice(marked: Uint8Array, from: number, direction: 1 | -1): number | null {
  for (let step = 1; step <= marked.length; step++) {
    const slice = (from + direction * step + marked.length * 2) % marked.length;
    if (marked[slice] === 1) return slice;
  }
  return null;
}
