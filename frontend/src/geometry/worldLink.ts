import { indexToRas, rasToIndex, spacingMm, type Affine } from './affine';
import { AXES, clampToShape, roundIjk, type Ijk, type RasMm, type Shape, type Triple } from './frames';
import { voxelOnPlane, type GridPlane } from './planes';
import type { SliceView } from './sliceView';
import { norm, subtract } from './vectors';

/** Where the voxels of a volume lie in the patient. */
export interface Grid {
  readonly affine: Affine;
  readonly shape: Shape;
}

/** How a viewport looks at the patient, whatever grid is drawn in it: what linked viewports share. */
export interface WorldView {
  readonly centreMm: RasMm;
  readonly mmPerPixel: number;
}

/** Part of a voxel by which grids may differ and still count as one: header affines are float32. */
const SAME_WITHIN = 1e-2;

/** Do two volumes have the same voxels? Then what is drawn on one lies on the other voxel for voxel. */
export function sameGrid(a: Grid, b: Grid): boolean {
  if (!AXES.every((axis) => a.shape[axis] === b.shape[axis])) return false;
  const tolerance = SAME_WITHIN * Math.min(...spacingMm(a.affine));
  const corners: readonly Triple[] = [[0, 0, 0], [a.shape[0], 0, 0], [0, a.shape[1], 0], [0, 0, a.shape[2]]];
  return corners.every((corner) => norm(subtract(indexToRas(a.affine, corner), indexToRas(b.affine, corner))) <= tolerance);
}

/** The voxel at a place in the patient; the nearest one where the place lies outside. */
export const voxelAt = ({ affine, shape }: Grid, placeMm: RasMm): Ijk =>
  clampToShape(roundIjk(rasToIndex(affine, placeMm)), shape);

/** Does the place lie in the box of some voxel? */
export function holds({ affine, shape }: Grid, placeMm: RasMm): boolean {
  const index = rasToIndex(affine, placeMm);
  return AXES.every((axis) => index[axis] >= -0.5 && index[axis] < shape[axis] - 0.5);
}

/** A viewport's view of one slice as a view of the patient. */
export const toWorldView = (affine: Affine, plane: GridPlane, view: SliceView, slice: number): WorldView => ({
  centreMm: indexToRas(affine, voxelOnPlane(plane, view.centre.x, view.centre.y, slice)),
  mmPerPixel: view.mmPerPixel,
});

/** The view of a slice that has the place in the patient, seen along the slice's axis, in the middle. */
export function toSliceView(affine: Affine, plane: GridPlane, { centreMm, mmPerPixel }: WorldView): SliceView {
  const index = rasToIndex(affine, centreMm);
  return { centre: { x: index[plane.x.axis], y: index[plane.y.axis] }, mmPerPixel };
}
