import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';

/** Takes whole in-plane voxel indices; called once or more for each voxel a shape covers, never outside the slice. */
export type VoxelVisitor = (x: number, y: number) => void;

/** The same for a shape that reaches through slices. */
export type SliceVoxelVisitor = (x: number, y: number, slice: number) => void;

/** The slice a brush works on: its size in voxels and its true spacing. A `GridPlane` is one. */
export type BrushPlane = Pick<GridPlane, 'sizeX' | 'sizeY' | 'spacingXMm' | 'spacingYMm'>;

/** What a brush that reaches through slices needs to know beyond its own slice. */
export type BrushVolume = BrushPlane & Pick<GridPlane, 'sliceCount' | 'sliceSpacingMm'>;

/** A disc or square, in `solid` a sphere or cube, as wide as `size`. */
export interface SizedBrush {
  readonly kind: 'disc' | 'square';
  readonly size: number;
  readonly unit: 'mm' | 'voxels';
  readonly solid: boolean;
}

/** A pencil draws a line one voxel wide. */
export type BrushShape = { readonly kind: 'pencil' } | SizedBrush;

/** The same brush wider or narrower; in voxels it stays a whole number of them, and one at least. */
export function scaledBrush(brush: BrushShape, by: number): BrushShape {
  if (brush.kind === 'pencil' || by === 1) return brush;
  const size = brush.size * by;
  return { ...brush, size: brush.unit === 'voxels' ? Math.max(1, Math.round(size)) : size };
}

/** Room for rounding where a voxel's centre lies just on the rim. */
const RIM = 1 + 1e-9;

/**
 * Visits every voxel that a brush covers on its straight way between two points of a slice, so that a fast stroke has no
 * holes. In millimetres a voxel is covered when its centre is, and the voxels under the way always are, so that a brush
 * finer than a voxel still paints what the pointer touches. In voxels the brush snaps to the grid: a square of n is n x n.
 */
export function visitBrush(
  volume: BrushVolume,
  brush: BrushShape,
  slice: number,
  from: PlanePoint,
  to: PlanePoint,
  visit: SliceVoxelVisitor,
): void {
  const onSlice: VoxelVisitor = (x, y) => visit(x, y, slice);
  if (brush.kind === 'pencil') return visitLine(volume, from, to, onSlice);
  const inVoxels = brush.unit === 'voxels';
  const grid = inVoxels ? { ...volume, spacingXMm: 1, spacingYMm: 1, sliceSpacingMm: 1 } : volume;
  const [start, end] = inVoxels ? [snapped(from, brush.size), snapped(to, brush.size)] : [from, to];
  if (!inVoxels) visitLine(volume, from, to, onSlice);
  const radius = inVoxels ? voxelRadius(brush) : brush.size / 2;
  const reach = brush.solid ? Math.floor((radius * RIM) / grid.sliceSpacingMm) : 0;
  for (let step = -reach; step <= reach; step++) {
    const at = slice + step;
    if (at < 0 || at >= volume.sliceCount) continue;
    const onOther: VoxelVisitor = (x, y) => visit(x, y, at);
    if (brush.kind === 'square') visitSweptSquare(grid, start, end, radius, onOther);
    // With room for rounding before the root: at its poles a sphere is one voxel, and a pointer hits no centre exactly.
    else sweepDisc(grid, start, end, Math.sqrt(Math.max(0, (radius * RIM) ** 2 - (step * grid.sliceSpacingMm) ** 2)), onOther);
  }
}

/** Brushes an even number of voxels wide are centred on a corner, the others on a voxel. */
function snapped(point: PlanePoint, size: number): PlanePoint {
  const snap = (at: number): number => (size % 2 === 0 ? Math.round(at - 0.5) + 0.5 : Math.round(at));
  return { x: snap(point.x), y: snap(point.y) };
}

/** Half a voxel less than the half size, as centres count; a round brush keeps a little so that 3 is a cross and not a box. */
const voxelRadius = ({ kind, size }: SizedBrush): number => (size - 1) / 2 + (kind === 'disc' ? 0.25 : 0);

/**
 * Voxels whose centre lies within half the diameter, in millimetres, of the straight way from `from` to `to`: a disc
 * swept along it. The voxels under the way itself are always among them.
 */
export function visitSweptDisc(
  plane: BrushPlane,
  from: PlanePoint,
  to: PlanePoint,
  diameterMm: number,
  visit: VoxelVisitor,
): void {
  visitLine(plane, from, to, visit);
  sweepDisc(plane, from, to, diameterMm / 2, visit);
}

function sweepDisc(plane: BrushPlane, from: PlanePoint, to: PlanePoint, radius: number, visit: VoxelVisitor): void {
  const alongX = (to.x - from.x) * plane.spacingXMm;
  const alongY = (to.y - from.y) * plane.spacingYMm;
  const lengthSquared = alongX * alongX + alongY * alongY;
  const reachSquared = radius * radius * RIM;
  eachVoxelNear(plane, from, to, radius, (x, y, offsetX, offsetY) => {
    const projected = lengthSquared > 0 ? (offsetX * alongX + offsetY * alongY) / lengthSquared : 0;
    const t = Math.min(Math.max(projected, 0), 1);
    const dx = offsetX - t * alongX;
    const dy = offsetY - t * alongY;
    if (dx * dx + dy * dy <= reachSquared) visit(x, y);
  });
}

/** The same for a square that stays parallel to the voxels: part of the way must be within reach on both axes at once. */
function visitSweptSquare(plane: BrushPlane, from: PlanePoint, to: PlanePoint, radius: number, visit: VoxelVisitor): void {
  const alongX = (to.x - from.x) * plane.spacingXMm;
  const alongY = (to.y - from.y) * plane.spacingYMm;
  const reach = radius * RIM;
  eachVoxelNear(plane, from, to, radius, (x, y, offsetX, offsetY) => {
    const [enterX, leaveX] = timeWithin(offsetX, alongX, reach);
    const [enterY, leaveY] = timeWithin(offsetY, alongY, reach);
    if (Math.max(enterX, enterY, 0) <= Math.min(leaveX, leaveY, 1)) visit(x, y);
  });
}

/** For which part t of the way `|offset - t * along| <= reach`; an empty span where it never is. */
function timeWithin(offset: number, along: number, reach: number): readonly [number, number] {
  if (along === 0) return Math.abs(offset) <= reach ? [0, 1] : [1, 0];
  const [a, b] = [(offset - reach) / along, (offset + reach) / along];
  return a < b ? [a, b] : [b, a];
}

/** The voxels of the box around the way, with their offset from its start in millimetres. */
function eachVoxelNear(
  plane: BrushPlane,
  from: PlanePoint,
  to: PlanePoint,
  radius: number,
  visit: (x: number, y: number, offsetXMm: number, offsetYMm: number) => void,
): void {
  const reachX = (radius * RIM) / plane.spacingXMm;
  const reachY = (radius * RIM) / plane.spacingYMm;
  const firstX = Math.max(0, Math.ceil(Math.min(from.x, to.x) - reachX));
  const lastX = Math.min(plane.sizeX - 1, Math.floor(Math.max(from.x, to.x) + reachX));
  const firstY = Math.max(0, Math.ceil(Math.min(from.y, to.y) - reachY));
  const lastY = Math.min(plane.sizeY - 1, Math.floor(Math.max(from.y, to.y) + reachY));
  for (let y = firstY; y <= lastY; y++) {
    const offsetY = (y - from.y) * plane.spacingYMm;
    for (let x = firstX; x <= lastX; x++) visit(x, y, (x - from.x) * plane.spacingXMm, offsetY);
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
