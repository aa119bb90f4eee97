import { describe, expect, it } from 'vitest';
import { affineFromRowMajor, determinant, indexToRas, rasToIndex, spacingMm, type Affine } from '../../geometry/affine';
import { rasMm, type Shape, type Triple } from '../../geometry/frames';
import { norm, scale, subtract, add, normalise } from '../../geometry/vectors';
import { CUBE_CASES } from './cubeCases';
import { enclosedVolume, labelMask, labelSurface, surfaceArea } from './labelSurface';
import type { Mesh } from './marchingCubes';
import { rayThrough, rayToMesh, rayToQuad, voxelBehind } from './picking';

const turn = (degrees: number): readonly [number, number] => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

/** An affine with the given spacing, turned about two axes; `flip` makes it left-handed. */
function oblique(spacing: Triple, flip: boolean): Affine {
  const [c, s] = turn(25);
  const [d, e] = turn(-18);
  const columns: readonly Triple[] = [[c, s, 0], [-s * d, c * d, e], [s * e, -c * e, d]];
  const signs = [flip ? -1 : 1, 1, 1];
  const row = (r: number): number[] => columns.map((column, n) => (column[r] as number) * (spacing[n] as number) * (signs[n] as number));
  return affineFromRowMajor([...row(0), 13, ...row(1), -40, ...row(2), 71, 0, 0, 0, 1]);
}

/** A ball of the given radius in mm about the middle of the grid. */
function ball(affine: Affine, shape: Shape, radiusMm: number) {
  const middle: Triple = [(shape[0] - 1) / 2, (shape[1] - 1) / 2, (shape[2] - 1) / 2];
  const centre = indexToRas(affine, middle);
  const labels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  const [low, high]: [number[], number[]] = [[...shape], [0, 0, 0]];
  let n = 0;
  for (let k = 0; k < shape[2]; k++) for (let j = 0; j < shape[1]; j++) for (let i = 0; i < shape[0]; i++, n++) {
    if (norm(subtract(indexToRas(affine, [i, j, k]), centre)) > radiusMm) continue;
    labels[n] = 7;
    [i, j, k].forEach((at, axis) => {
      low[axis] = Math.min(low[axis] as number, at);
      high[axis] = Math.max(high[axis] as number, at);
    });
  }
  return { labels, centre, bounds: { low: low as unknown as Triple, high: high as unknown as Triple } };
}

/** How often each directed edge occurs less often than its opposite: 0 on a closed surface that is wound one way. */
function openEdges({ triangles }: Mesh): number {
  const balance = new Map<string, number>();
  for (let t = 0; t < triangles.length; t += 3) for (let n = 0; n < 3; n++) {
    const [a, b] = [triangles[t + n] as number, triangles[t + ((n + 1) % 3)] as number];
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    balance.set(key, (balance.get(key) ?? 0) + (a < b ? 1 : -1));
  }
  return [...balance.values()].filter((sum) => sum !== 0).length;
}

describe('cases of a cube', () => {
  it('cross just the edges between inside and outside', () => {
    expect(CUBE_CASES[0]).toHaveLength(0);
    expect(CUBE_CASES[255]).toHaveLength(0);
    expect(CUBE_CASES[1]).toHaveLength(3);
    // Half of the cube: two triangles.
    expect(CUBE_CASES[0b00001111]).toHaveLength(6);
    // Two corners of a face's diagonal are one piece: six crossings, four triangles.
    expect(CUBE_CASES[0b00001001]).toHaveLength(12);
  });
});

describe.each([
  ['isotropic', [1, 1, 1], false, [45, 45, 45]],
  ['anisotropic', [0.8, 2, 1.1], false, [55, 26, 44]],
  ['anisotropic and left-handed', [0.8, 2, 1.1], true, [55, 26, 44]],
] as const)('the surface of a ball on an oblique grid, %s', (_, spacing, flip, shape) => {
  const affine = oblique(spacing, flip);
  const radius = 18;
  const { labels, bounds, centre } = ball(affine, shape, radius);
  const surface = labelSurface(labelMask(labels, shape, bounds, 7), affine);

  it('has the volume and the area of the ball', () => {
    expect(Math.sign(determinant(affine))).toBe(flip ? -1 : 1);
    expect(spacingMm(affine)[1]).toBeCloseTo(spacing[1], 6);
    expect(Math.abs(enclosedVolume(surface) / ((4 / 3) * Math.PI * radius ** 3) - 1)).toBeLessThan(0.02);
    expect(Math.abs(surfaceArea(surface) / (4 * Math.PI * radius ** 2) - 1)).toBeLessThan(0.03);
  });

  it('is closed and faces outwards', () => {
    expect(openEdges(surface)).toBe(0);
    expect(enclosedVolume(surface)).toBeGreaterThan(0);
    let worst = 1;
    for (let n = 0; n < surface.positions.length; n += 3) {
      const outwards = normalise(subtract(surface.positions.slice(n, n + 3) as unknown as Triple, centre));
      const normal = surface.normals.slice(n, n + 3) as unknown as Triple;
      worst = Math.min(worst, outwards[0] * normal[0] + outwards[1] * normal[1] + outwards[2] * normal[2]);
    }
    // Where slices are thick, steps of 2 mm are left near the ball's poles; none comes near to facing aside.
    expect(worst).toBeGreaterThan(0.7);
  });

  it('is picked at the voxel of the ball that faces the eye', () => {
    const direction = normalise([0.3, -0.8, 0.52]);
    const ray = rayThrough(add(centre, scale(direction, -200)), centre);
    const distance = rayToMesh(ray, surface);
    expect(Math.abs((distance ?? 0) - (200 - radius))).toBeLessThan(1);
    const voxel = voxelBehind(ray, distance ?? 0, labels, { affine, shape }, 7);
    expect(labels[voxel[0] + shape[0] * (voxel[1] + shape[1] * voxel[2])]).toBe(7);
    // Not further from the true entry than the half diagonal of a voxel and the surface's own error.
    const entry = add(centre, scale(direction, -radius));
    expect(norm(subtract(indexToRas(affine, voxel), entry))).toBeLessThan(norm(spacing) / 2 + 0.5);
    expect(rayToMesh(rayThrough(ray.origin, add(centre, [0, 0, 90])), surface)).toBeNull();
  });
});

describe('labels of few voxels', () => {
  const shape: Shape = [6, 6, 6];
  const at = (voxels: readonly Triple[]): Uint8Array => {
    const labels = new Uint8Array(216);
    for (const [i, j, k] of voxels) labels[i + 6 * (j + 6 * k)] = 1;
    return labels;
  };
  const box = { low: [0, 0, 0], high: [5, 5, 5] } as const;
  const unit = affineFromRowMajor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

  it('have closed surfaces in every arrangement of eight neighbours, at the edge of the scan too', () => {
    for (let code = 1; code < 256; code++) {
      const voxels = Array.from({ length: 8 }, (_, c): Triple => [c & 1, (c >> 1) & 1, (c >> 2) & 1]).filter((_, c) => (code >> c) & 1);
      const surface = labelSurface(labelMask(at(voxels), shape, box, 1), unit, 0);
      expect(openEdges(surface)).toBe(0);
      expect(enclosedVolume(surface)).toBeGreaterThan(0);
    }
  });

  it('hold together where voxels meet at an edge: a thin oblique root is one piece', () => {
    const surface = labelSurface(labelMask(at([[1, 1, 1], [2, 2, 1], [3, 3, 1]]), shape, box, 1), unit, 0);
    const root = Array.from({ length: surface.positions.length / 3 }, (_, n) => n);
    const find = (n: number): number => (root[n] === n ? n : find(root[n] as number));
    for (let t = 0; t < surface.triangles.length; t += 3) for (const n of [1, 2]) root[find(surface.triangles[t + n] as number)] = find(surface.triangles[t] as number);
    expect(new Set(root.map((_, n) => find(n))).size).toBe(1);
  });
});

describe('a slice plane', () => {
  it('is met where the ray crosses it, and passed by beside it', () => {
    const ray = rayThrough([1, 2, 10], [1, 2, 0]);
    expect(rayToQuad(ray, [0, 0, 3], [4, 0, 0], [0, 5, 0])).toBeCloseTo(7, 9);
    expect(rayToQuad(ray, [2, 0, 3], [4, 0, 0], [0, 5, 0])).toBeNull();
    const index = rasToIndex(oblique([1, 1, 1], true), rasMm(13, -40, 71));
    expect(norm(index)).toBeCloseTo(0, 9);
  });
});
