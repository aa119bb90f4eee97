import { rasToIndex, type Affine } from '../../geometry/affine';
import { isInside, rasMm, roundIjk, type Ijk, type Shape, type Triple } from '../../geometry/frames';
import { add, cross, dot, norm, normalise, scale, subtract } from '../../geometry/vectors';
import type { LabelArray } from '../../commands/labelGrid';
import type { Mesh } from './marchingCubes';

/** A line of sight in RAS millimetres. */
export interface Ray {
  readonly origin: Triple;
  /** Of length 1. */
  readonly direction: Triple;
}

/** Distance in mm along the ray to the nearest triangle, from either side; null where it meets none (Möller and Trumbore 1997). */
export function rayToMesh({ origin, direction }: Ray, { positions, triangles }: Mesh): number | null {
  let nearest = Infinity;
  const [ox, oy, oz] = origin;
  const [dx, dy, dz] = direction;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * (triangles[t] as number);
    const b = 3 * (triangles[t + 1] as number);
    const c = 3 * (triangles[t + 2] as number);
    const ax = positions[a] as number, ay = positions[a + 1] as number, az = positions[a + 2] as number;
    const ux = (positions[b] as number) - ax, uy = (positions[b + 1] as number) - ay, uz = (positions[b + 2] as number) - az;
    const vx = (positions[c] as number) - ax, vy = (positions[c + 1] as number) - ay, vz = (positions[c + 2] as number) - az;
    const px = dy * vz - dz * vy, py = dz * vx - dx * vz, pz = dx * vy - dy * vx;
    const det = ux * px + uy * py + uz * pz;
    if (Math.abs(det) < 1e-14) continue;
    const sx = ox - ax, sy = oy - ay, sz = oz - az;
    const alpha = (sx * px + sy * py + sz * pz) / det;
    if (alpha < 0 || alpha > 1) continue;
    const qx = sy * uz - sz * uy, qy = sz * ux - sx * uz, qz = sx * uy - sy * ux;
    const beta = (dx * qx + dy * qy + dz * qz) / det;
    if (beta < 0 || alpha + beta > 1) continue;
    const distance = (vx * qx + vy * qy + vz * qz) / det;
    if (distance > 0 && distance < nearest) nearest = distance;
  }
  return nearest === Infinity ? null : nearest;
}

/** Distance in mm along the ray to a parallelogram; null where it passes by. */
export function rayToQuad({ origin, direction }: Ray, corner: Triple, u: Triple, v: Triple): number | null {
  const normal = cross(u, v);
  const slope = dot(direction, normal);
  if (Math.abs(slope) < 1e-9 * norm(normal)) return null;
  const distance = dot(subtract(corner, origin), normal) / slope;
  if (distance <= 0) return null;
  const offset = subtract(add(origin, scale(direction, distance)), corner);
  const inverse = 1 / dot(normal, normal);
  const [a, b] = [dot(cross(offset, v), normal) * inverse, dot(cross(u, offset), normal) * inverse];
  return a >= 0 && a <= 1 && b >= 0 && b <= 1 ? distance : null;
}

/** Part of the smallest voxel edge between two looks into the label map. */
const STEP_VOXELS = 0.1;
const REACH_VOXELS = 2;

/**
 * The voxel of the label that a ray enters at a point of its surface. A smoothed surface runs beside the voxels' faces, so the
 * first voxel of the label just behind the point is taken; the voxel at the point itself where there is none.
 */
export function voxelBehind(ray: Ray, distanceMm: number, labels: LabelArray, grid: { affine: Affine; shape: Shape }, value: number): Ijk {
  const [si, sj] = grid.shape;
  const [ox, oy, oz] = rasToIndex(grid.affine, rasMm(...ray.origin));
  const [px, py, pz] = rasToIndex(grid.affine, rasMm(...add(ray.origin, ray.direction)));
  // Voxels a millimetre along the ray.
  const rate = Math.hypot(px - ox, py - oy, pz - oz);
  const at = (mm: number): Ijk => roundIjk(rasToIndex(grid.affine, rasMm(...add(ray.origin, scale(ray.direction, mm)))));
  for (let voxels = 0; voxels <= REACH_VOXELS; voxels += STEP_VOXELS) {
    const voxel = at(distanceMm + voxels / rate);
    if (isInside(voxel, grid.shape) && labels[voxel[0] + si * (voxel[1] + sj * voxel[2])] === value) return voxel;
  }
  return at(distanceMm);
}

export const rayThrough = (origin: Triple, point: Triple): Ray => ({ origin, direction: normalise(subtract(point, origin)) });
