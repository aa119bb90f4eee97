import { strides, type LabelArray } from '../commands/labelGrid';
import type { Shape, Triple } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';

/** A label map to read, with its grid. Operations never modify it; they return a `VoxelChange`. */
export interface LabelVolume {
  readonly labels: LabelArray;
  readonly shape: Shape;
  readonly spacingMm: Triple;
}

/** The parts of a plane that operations need; a `GridPlane` is one, and it survives the way to a worker. */
export type PlaneAxes = Pick<
  GridPlane,
  'sliceAxis' | 'x' | 'y' | 'sizeX' | 'sizeY' | 'sliceCount' | 'spacingXMm' | 'spacingYMm' | 'sliceSpacingMm'
>;

/** One slice of a label map. */
export interface SliceTarget {
  readonly volume: LabelVolume;
  readonly plane: PlaneAxes;
  readonly slice: number;
}

/** Where the voxel at in-plane indices (x, y) of a slice lies in the array. */
export function planeIndexer(plane: PlaneAxes, shape: Shape): (x: number, y: number, slice: number) => number {
  const step = strides(shape);
  const [stepX, stepY, stepSlice] = [step[plane.x.axis], step[plane.y.axis], step[plane.sliceAxis]];
  return (x, y, slice) => x * stepX + y * stepY + slice * stepSlice;
}
