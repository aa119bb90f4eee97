import type { Mesh } from './marchingCubes';

/** A step that shrinks and a larger one back: G. Taubin 1995, doi:10.1145/218380.218473. */
const SHRINK = 0.5;
const GROW = -0.53;

/** No point leaves the voxels that it was found between. */
const FURTHEST_VOXELS = 1;

/**
 * Smooths a closed surface so that its steps go and its volume stays: Taubin's low-pass filter, in voxel indices, so that
 * thick slices are smoothed as far as thin ones. Points stay within a voxel of where they were. Changes `positions`.
 */
export function smoothMesh({ positions, triangles }: Mesh, rounds: number): void {
  const found = positions.slice();
  const neighbours = neighbourCounts(triangles, positions.length / 3);
  const sums = new Float32Array(positions.length);
  for (let round = 0; round < rounds; round++) {
    relax(positions, triangles, neighbours, sums, SHRINK);
    relax(positions, triangles, neighbours, sums, GROW);
  }
  for (let n = 0; n < positions.length; n++) {
    const [at, from] = [positions[n] as number, found[n] as number];
    positions[n] = Math.min(Math.max(at, from - FURTHEST_VOXELS), from + FURTHEST_VOXELS);
  }
}

/** On a closed surface each edge belongs to two triangles, that run along it in opposite senses: each point meets each neighbour once. */
function neighbourCounts(triangles: Uint32Array, points: number): Uint16Array {
  const counts = new Uint16Array(points);
  for (const point of triangles) counts[point] = (counts[point] as number) + 1;
  return counts;
}

function relax(positions: Float32Array, triangles: Uint32Array, neighbours: Uint16Array, sums: Float32Array, by: number): void {
  sums.fill(0);
  for (let t = 0; t < triangles.length; t += 3) {
    for (let corner = 0; corner < 3; corner++) {
      const a = 3 * (triangles[t + corner] as number);
      const b = 3 * (triangles[t + ((corner + 1) % 3)] as number);
      sums[a] = (sums[a] as number) + (positions[b] as number);
      sums[a + 1] = (sums[a + 1] as number) + (positions[b + 1] as number);
      sums[a + 2] = (sums[a + 2] as number) + (positions[b + 2] as number);
    }
  }
  for (let n = 0; n < positions.length; n++) {
    const count = neighbours[(n / 3) | 0] as number;
    if (count === 0) continue;
    const at = positions[n] as number;
    positions[n] = at + by * ((sums[n] as number) / count - at);
  }
}
