import { describe, expect, it } from 'vitest';
import { affineFromRowMajor } from './affine';
import type { Axis, Triple } from './frames';
import shared from './markCases.json';
import { markValues, valueLines, type MarkKind } from './marks';

interface Case {
  readonly name: string;
  readonly grid: keyof typeof shared.grids;
  readonly kind: MarkKind;
  readonly axis?: Axis;
  readonly points: readonly Triple[];
  readonly values: Readonly<Record<string, number | null>>;
}

const imageOf = (name: keyof typeof shared.grids) => {
  const { shape, affine } = shared.grids[name];
  const [si, sj, sk] = shape as [number, number, number];
  const voxels = Array.from({ length: si * sj * sk }, (_, n) => (n % si) + 10 * (Math.floor(n / si) % sj) + 100 * Math.floor(n / (si * sj)));
  return { affine: affineFromRowMajor(affine.flat()), shape: [si, sj, sk] as const, voxels };
};

describe('values of marks, by the cases that hold the server too', () => {
  it.each(shared.cases as unknown as readonly Case[])('$name', ({ grid, kind, axis, points, values }) => {
    const found = markValues({ kind, points, sliceAxis: axis ?? null }, imageOf(grid));
    expect(Object.keys(found).sort()).toEqual(Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) {
      if (value === null) expect(found[name]).toBeNull();
      else expect(found[name]).toBeCloseTo(value, 9);
    }
  });

  it('say their unit, and that there is no value', () => {
    expect(valueLines('length', { length_mm: 12.345 })).toEqual(['12.35 mm']);
    expect(valueLines('angle', { angle_degrees: null })).toEqual(['no angle']);
    expect(valueLines('ellipse', { area_mm2: 2, n: 1, mean: 5, sd: null })[0]).toBe('mean 5, SD undefined');
  });

  it('leave out what is no number, and have no statistics where a voxel holds several', () => {
    const image = imageOf('plain');
    const corners = { kind: 'rectangle', sliceAxis: 2, points: [[0.5, 0.5, 2], [3.5, 2.5, 2]] } as const;
    image.voxels[1 + 8 + 2 * 48] = NaN;
    expect(markValues(corners, image)).toMatchObject({ n: 5, min: 212 });
    expect(markValues(corners, { ...image, voxels: null })).toMatchObject({ area_mm2: 6, n: null, mean: null });
  });
});
