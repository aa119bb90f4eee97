import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';

/** Takes whole in-plane voxel indices; called once or more for each voxel a shape covers, never outside the slice. */
export type VoxelVisitor = (x: number, y: number) => void;

/** The slice a brush works on: its size in voxels and its true spacing. A `GridPlane` is one. */
export type BrushPlane = Pick<GridPlane, 'sizeX' | 'sizeY' | 'spacingXMm' | 'spacingYMm'>;

/**
 * Voxels whose centre lies within half the diameter, in millimetres, of the straight way from `from` to `to`: a disc
 * swept along it, so that a fast stroke has no holes. The voxels under the way itself are always among them, so that a
 * brush finer than a voxel still paints what the pointer touches.
 */
export function visitSweptDisc(
  plane: BrushPlane,
  from: PlanePoint,
  to: PlanePoint,
  diameterMm: number,
  visit: VoxelVisitor,
): void {
  visitLine(plane, from, to, visit);
  const radius = diameterMm / 2;
  const reachX = radius / plane.spacingXMm;
  const reachY = radius / plane.spacingYMm;
  const firstX = Math.max(0, Math.ceil(Math.min(from.x, to.x) - reachX));
  const lastX = Math.min(plane.sizeX - 1, Math.floor(Math.max(from.x, to.x) + reachX));
  const firstY = Math.max(0, Math.ceil(Math.min(from.y, to.y) - reachY));
  const lastY = Math.min(plane.sizeY - 1, Math.floor(Math.max(from.y, to.y) + reachY));
  const alongX = (to.x - from.x) * plane.spacingXMm;
  const alongY = (to.y - from.y) * plane.spacingYMm;
  const lengthSquared = alongX * alongX + alongY * alongY;
  const reachSquared = radius * radius * (1 + 1e-9);
  for (let y = firstY; y <= lastY; y++) {
    const offsetY = (y - from.y) * plane.spacingYMm;
    for (let x = firstX; x <= lastX; x++) {
      const offsetX = (x - from.x) * plane.spacingXMm;
      const projected = lengthSquared > 0 ? (offsetX * alongX + offsetY * alongY) / lengthSquared : 0;
      const t = Math.min(Math.max(projected, 0), 1);
      const dx = offsetX - t * alongX;
      const dy = offsetY - t * alongY;
      if (dx * dx + dy * dy <= reachSquared) visit(x, y);
    }
  }
}

export const visitDisc = (plane: BrushPlane, at: PlanePoint, diameterMm: number, visit: VoxelVisitor): void =>
  visitSweptDisc(plane, at, at, diameterMm, visit);

/** A line one voxel wide between the voxels under two points (Bresenham, 8-connected); parts outside are left out. */
export function visitLine(plane: BrushPlane, from: PlanePoint, to: PlanePoint, visit: VoxelVisitor): void {
  let x = Math.round(from.x);
  let y = Math.round(from.y);
  const endX = Math.round(to.x);
  const endY = Math.round(to.y);
  const dx = Math.abs(endX - x);
  const dy = -Math.abs(endY - y);
  const stepX = x < endX ? 1 : -1;
  const stepY = y < endY ? 1 : -1;
  let error = dx + dy;
  for (;;) {
    if (x >= 0 && y >= 0 && x < plane.sizeX && y < plane.sizeY) visit(x, y);
    if (x === endX && y === endY) return;
    const doubled = 2 * error;
    if (doubled >= dy) {
      error += dy;
      x += stepX;
    }
    if (doubled <= dx) {
      error += dx;
      y += stepY;
    }
  }
}
