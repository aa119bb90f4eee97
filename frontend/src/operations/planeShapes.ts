import type { PlanePoint } from '../geometry/sliceView';
import type { PlaneAxes } from './sliceTarget';

/** One byte a voxel of a slice, x fastest: 1 where the shape holds the voxel's centre. */
export type SliceMask = Uint8Array;

/**
 * The inside of a closed line. Whatever the line goes round is inside (non-zero winding), so a lasso that crosses itself
 * leaves no hole. Centres on the line itself count on one side only, so that two shapes side by side never overlap.
 */
export function polygonMask({ sizeX, sizeY }: PlaneAxes, points: readonly PlanePoint[]): SliceMask {
  const mask = new Uint8Array(sizeX * sizeY);
  // turns[x] of a row: how often the line has gone round a centre at x or to the right of it.
  const turns = new Int32Array((sizeX + 1) * sizeY);
  points.forEach((from, n) => {
    const to = points[(n + 1) % points.length] as PlanePoint;
    const direction = from.y < to.y ? 1 : -1;
    const [low, high] = direction > 0 ? [from, to] : [to, from];
    const last = Math.min(sizeY - 1, Math.ceil(high.y) - 1);
    for (let y = Math.max(0, Math.ceil(low.y)); y <= last; y++) {
      const crossing = low.x + ((high.x - low.x) * (y - low.y)) / (high.y - low.y);
      const x = Math.min(Math.max(Math.ceil(crossing), 0), sizeX);
      turns[x + (sizeX + 1) * y] = (turns[x + (sizeX + 1) * y] as number) + direction;
    }
  });
  for (let y = 0; y < sizeY; y++) {
    let winding = 0;
    for (let x = 0; x < sizeX; x++) {
      winding += turns[x + (sizeX + 1) * y] as number;
      if (winding !== 0) mask[x + sizeX * y] = 1;
    }
  }
  return mask;
}

/** The box between two points, the voxels under both included. */
export function rectangleMask({ sizeX, sizeY }: PlaneAxes, a: PlanePoint, b: PlanePoint): SliceMask {
  const mask = new Uint8Array(sizeX * sizeY);
  const span = (p: number, q: number, size: number): readonly [number, number] => [
    Math.max(0, Math.round(Math.min(p, q))),
    Math.min(size - 1, Math.round(Math.max(p, q))),
  ];
  const [firstX, lastX] = span(a.x, b.x, sizeX);
  const [firstY, lastY] = span(a.y, b.y, sizeY);
  for (let y = firstY; y <= lastY; y++) {
    for (let x = firstX; x <= lastX; x++) mask[x + sizeX * y] = 1;
  }
  return mask;
}

/** Millimetres between two points of a slice. */
export const planeDistanceMm = ({ spacingXMm, spacingYMm }: PlaneAxes, a: PlanePoint, b: PlanePoint): number =>
  Math.hypot((a.x - b.x) * spacingXMm, (a.y - b.y) * spacingYMm);

/** Centres within a radius in millimetres, so that a circle is round on screen on any spacing. */
export function circleMask(plane: PlaneAxes, centre: PlanePoint, radiusMm: number): SliceMask {
  const { sizeX, sizeY, spacingXMm, spacingYMm } = plane;
  const mask = new Uint8Array(sizeX * sizeY);
  const reach = radiusMm * radiusMm * (1 + 1e-9);
  for (let y = 0; y < sizeY; y++) {
    const dy = ((y - centre.y) * spacingYMm) ** 2;
    for (let x = 0; x < sizeX; x++) {
      if (((x - centre.x) * spacingXMm) ** 2 + dy <= reach) mask[x + sizeX * y] = 1;
    }
  }
  return mask;
}
