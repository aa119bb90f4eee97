import type { LabelArray } from '../../commands/labelGrid';
import type { VoxelBounds } from '../../commands/labelTally';
import { determinant, indexToRas, type Affine } from '../../geometry/affine';
import type { Shape, Triple } from '../../geometry/frames';
import { marchingCubes, type Mesh } from './marchingCubes';
import { smoothMesh } from './smoothMesh';

/** The voxels of one label in the box around it, with a border of zeros. */
export interface LabelMask {
  readonly mask: Uint8Array;
  readonly size: Shape;
  /** The voxel of the label map that the mask's first one is; -1 at an edge of the map. */
  readonly offset: Triple;
}

/** A surface in RAS millimetres. */
export interface Surface extends Mesh {
  /** Outwards, of length 1, three numbers a point. */
  readonly normals: Float32Array;
}

/** Rounds of smoothing that take the steps off and leave volume and shape; see the tests for what they cost. */
export const SMOOTHING_ROUNDS = 25;

export function labelMask(labels: LabelArray, [si, sj]: Shape, { low, high }: VoxelBounds, value: number): LabelMask {
  const size: Shape = [high[0] - low[0] + 3, high[1] - low[1] + 3, high[2] - low[2] + 3];
  const mask = new Uint8Array(size[0] * size[1] * size[2]);
  for (let k = low[2]; k <= high[2]; k++) {
    for (let j = low[1]; j <= high[1]; j++) {
      const from = si * (j + sj * k);
      const to = 1 - low[0] + size[0] * (j - low[1] + 1 + size[1] * (k - low[2] + 1));
      for (let i = low[0]; i <= high[0]; i++) if (labels[from + i] === value) mask[to + i] = 1;
    }
  }
  return { mask, size, offset: [low[0] - 1, low[1] - 1, low[2] - 1] };
}

/** The surface of a label. Any affine will do: the normals point outwards on left-handed grids as well. */
export function labelSurface({ mask, size, offset }: LabelMask, affine: Affine, rounds: number = SMOOTHING_ROUNDS): Surface {
  const mesh = marchingCubes(mask, size);
  smoothMesh(mesh, rounds);
  const { positions, triangles } = mesh;
  for (let n = 0; n < positions.length; n += 3) {
    const index: Triple = [(positions[n] as number) + offset[0], (positions[n + 1] as number) + offset[1], (positions[n + 2] as number) + offset[2]];
    positions.set(indexToRas(affine, index), n);
  }
  if (determinant(affine) < 0) turnAround(triangles);
  return { positions, triangles, normals: pointNormals(mesh) };
}

function turnAround(triangles: Uint32Array): void {
  for (let t = 0; t < triangles.length; t += 3) {
    const kept = triangles[t + 1] as number;
    triangles[t + 1] = triangles[t + 2] as number;
    triangles[t + 2] = kept;
  }
}

/** The mean of the normals of the triangles around each point, by their areas. */
export function pointNormals({ positions, triangles }: Mesh): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const normal = twiceArea({ positions, triangles }, t);
    for (let corner = 0; corner < 3; corner++) {
      const n = 3 * (triangles[t + corner] as number);
      for (let c = 0; c < 3; c++) normals[n + c] = (normals[n + c] as number) + (normal[c] as number);
    }
  }
  for (let n = 0; n < normals.length; n += 3) {
    const length = Math.hypot(normals[n] as number, normals[n + 1] as number, normals[n + 2] as number) || 1;
    for (let c = 0; c < 3; c++) normals[n + c] = (normals[n + c] as number) / length;
  }
  return normals;
}

/** The normal of the triangle that starts at index t, as long as twice its area. */
function twiceArea({ positions, triangles }: Mesh, t: number): Triple {
  const at = (corner: number, c: number): number => positions[3 * (triangles[t + corner] as number) + c] as number;
  const [ux, uy, uz] = [at(1, 0) - at(0, 0), at(1, 1) - at(0, 1), at(1, 2) - at(0, 2)];
  const [vx, vy, vz] = [at(2, 0) - at(0, 0), at(2, 1) - at(0, 1), at(2, 2) - at(0, 2)];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

export function surfaceArea(mesh: Mesh): number {
  let sum = 0;
  for (let t = 0; t < mesh.triangles.length; t += 3) sum += Math.hypot(...twiceArea(mesh, t)) / 2;
  return sum;
}

/** The volume within a closed surface; negative where its triangles face inwards. */
export function enclosedVolume(mesh: Mesh): number {
  let sum = 0;
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const normal = twiceArea(mesh, t);
    const n = 3 * (mesh.triangles[t] as number);
    for (let c = 0; c < 3; c++) sum += ((normal[c] as number) * (mesh.positions[n + c] as number)) / 6;
  }
  return sum;
}
