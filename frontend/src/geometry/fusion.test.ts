import { describe, expect, it } from 'vitest';
import { affineFromRowMajor } from './affine';
import type { Shape } from './frames';
import reference from './fusionReference.json';
import { gridPlanes, PLANE_NAMES } from './planes';
import { sampleOnSlice } from './sliceSampling';

/* Written by tests/numeric/test_fusion_reference.py with the resampling that the server offers. */
const gridOf = ({ shape, affine }: { shape: number[]; affine: number[] }) => ({
  shape: shape as unknown as Shape,
  affine: affineFromRowMajor(affine),
});

describe('a second volume sampled in the browser', () => {
  const [source, target] = [gridOf(reference.source), gridOf(reference.target)];
  const [si, sj, sk] = source.shape;
  const voxels = Float32Array.from({ length: si * sj * sk }, (_, n) => (7 * (n % si) + 13 * (Math.floor(n / si) % sj) + 29 * Math.floor(n / (si * sj))) % 64);

  it.each(PLANE_NAMES)('is what the server resamples, on every %s slice of another, oblique grid', (name) => {
    const plane = gridPlanes(target.affine, target.shape)[name];
    const out = new Float32Array(plane.sizeX * plane.sizeY);
    for (let slice = 0; slice < plane.sliceCount; slice++) {
      sampleOnSlice({ ...source, voxels }, target, plane, slice, out);
      for (let y = 0, n = 0; y < plane.sizeY; y++) {
        for (let x = 0; x < plane.sizeX; x++, n++) {
          const at = [0, 0, 0] as [number, number, number];
          at[plane.x.axis] = x;
          at[plane.y.axis] = y;
          at[plane.sliceAxis] = slice;
          const wanted = reference.values[at[0] + target.shape[0] * (at[1] + target.shape[1] * at[2])] ?? null;
          if (wanted === null) expect(out[n]).toBeNaN();
          // Both interpolate in single precision, on values up to 63.
          else expect(Math.abs((out[n] as number) - wanted)).toBeLessThan(2e-3);
        }
      }
    }
  });
});
